import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { AdviceCode } from './codes.js';

/** The result of `adviseImage`. */
export interface AdviceDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: AdviceTotals;
  /** Secrets, then the most savable bytes first. No content is counted twice. */
  readonly advice: readonly Advice[];
  readonly findings: readonly Finding[];
}

export interface AdviceTotals {
  /** Bytes of the regular files in all layers. */
  readonly contentBytes: number;
  /** The part of `contentBytes` that all advice together saves. */
  readonly savableBytes: number;
  /** The part of `savableBytes` that `layers repack --drop-waste` saves without a new build. */
  readonly repackBytes: number;
  /** The layers of the base image, whose own files are not blamed; 0 where no base is given. */
  readonly baseLayers: number;
  /** Bytes of layers that pulls of the given versions transferred again; all advice on the order of layers together. */
  readonly pullBytes: number;
  /** Where secrets were searched: `contents` of all files, or `names` of files only. Documents are always searched. */
  readonly secretsIn: 'contents' | 'names';
}

/** Something to change in the Dockerfile. */
export interface Advice {
  readonly code: AdviceCode;
  /** What is wrong. */
  readonly problem: string;
  /** What to do. */
  readonly fix: string;
  /** A line of a Dockerfile that does it; null where there is no single line. */
  readonly example: string | null;
  /** The rule that found a secret; null for other advice. */
  readonly rule: string | null;
  /** Bytes of regular files that the image would have less; 0 where it saves layers or transfers instead. */
  readonly savableBytes: number;
  /** Bytes of layers that pulls of the given versions transferred again; 0 for other advice than on the order of layers. */
  readonly pullBytes: number;
  /** The number of contents with these bytes. */
  readonly files: number;
  /** Whether `layers repack --drop-waste` saves the same bytes without a new build. */
  readonly repack: boolean;
  /** The layers that stored the bytes, the most bytes first; for the order of layers, those that were pulled again. */
  readonly storedBy: readonly StoringLayer[];
  /**
   * The layer that made them unreachable, or because of which they were pulled again; null where they are still in the root
   * file system.
   */
  readonly wastedBy: LayerStep | null;
  /** Where the bytes are, the most first. */
  readonly paths: readonly AdvicePath[];
  /** How many further paths are left out. */
  readonly morePaths: number;
}

/** A layer, and the instruction that made it. */
export interface LayerStep {
  /** The position of the layer. */
  readonly layer: number;
  /** The Dockerfile instruction; null where the history does not contain it. */
  readonly instruction: string | null;
}

export interface StoringLayer extends LayerStep {
  readonly sizeBytes: number;
}

/** A file, or a directory with all files that the advice is about. */
export interface AdvicePath {
  /** Ends with a slash for a directory. */
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  readonly sizeBytes: number;
  readonly files: number;
}
