import type { ImageInfo, SCHEMA_VERSION, WasteItem } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { ConfigKind } from './config/config-texts.js';
import type { SecretSeverity } from './rule.js';

/** The result of `findSecrets`. It contains no secret. */
export interface SecretsDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  /** Without the config, which may contain secrets. */
  readonly image: Omit<ImageInfo, 'config'>;
  /** The secrets, the gravest first. */
  readonly secrets: readonly Secret[];
  readonly totals: SecretsTotals;
  readonly findings: readonly Finding[];
}

/** Counts of the secrets that are listed, and of those that are not. */
export interface SecretsTotals {
  readonly error: number;
  readonly warning: number;
  readonly note: number;
  /** Files and bytes of files that were scanned, of every layer once. */
  readonly scannedBytes: number;
  /** Secrets of the baseline. */
  readonly known: number;
  /** Secrets in unchanged files of packages, below the least severity. */
  readonly hiddenInPackages: number;
  /** Other secrets below the least severity. */
  readonly hidden: number;
  /** Secrets beyond the limits of a file and of a layer. */
  readonly notListed: number;
}

/** A secret in an image. */
export interface Secret {
  /** The id of the rule. */
  readonly rule: string;
  readonly description: string;
  readonly severity: SecretSeverity;
  /** The published prefix of its format, then `****`. */
  readonly mask: string;
  /** Characters of the secret; null where its end was not found. */
  readonly length: number | null;
  /** Identifies it in a baseline. The secret cannot be found by means of it. */
  readonly fingerprint: string;
  readonly place: SecretPlace;
}

/** Where a secret is. */
export type SecretPlace = FilePlace | ConfigPlace;

/** A place in a file of a layer. */
export interface FilePlace {
  readonly kind: 'file';
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** From 1; null in a binary file. */
  readonly line: number | null;
  /** Position in the file in bytes. */
  readonly offset: number;
  /** Position of the layer that stores the file. */
  readonly layer: number;
  /** The instruction that made the layer. */
  readonly instruction: string | null;
  /** Whether the file is in the merged root file system. */
  readonly isVisible: boolean;
  /** What removed the file; null for a visible file, and for one that never was in the file system. */
  readonly removedBy: {
    readonly layer: number;
    readonly cause: WasteItem['cause'];
    readonly instruction: string | null;
  } | null;
  /** The package that the unchanged file belongs to, or in whose tests, examples or documentation it is. */
  readonly package: { readonly system: string; readonly name: string } | null;
}

/** A place in a document of the image. */
export interface ConfigPlace {
  readonly kind: ConfigKind;
  /** Such as `config.Env[3]`. */
  readonly field: string;
  /** The name of the variable, label or annotation. */
  readonly key: string | null;
  /** The layer that the step of the history made. */
  readonly layer: number | null;
  readonly instruction: string | null;
}
