import type { SCHEMA_VERSION } from '@layers/core/analysis';

/** The output of `layers tags --json`. */
export interface TagsDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The repository as docker shows it, such as `alpine` or `ghcr.io/me/app`. */
  readonly repository: string;
  /** In the order of the registry. */
  readonly tags: readonly string[];
  readonly findings: readonly [];
}

/** The output of `layers catalog --json`. */
export interface CatalogDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** `host` or `host:port`. */
  readonly registry: string;
  /** Without the host, in the order of the registry. */
  readonly repositories: readonly string[];
  readonly findings: readonly [];
}

/** The output of `layers manifest --json`. */
export interface ManifestDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** `docker://NAME`, or the archive, layout or store image as given. */
  readonly reference: string;
  /** Computed. */
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** The manifest or index as stored. */
  readonly manifest: unknown;
  readonly findings: readonly [];
}

/** The output of `layers digest --json`. */
export interface DigestDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly reference: string;
  readonly digest: string;
  /** Whether the digest was computed from the manifest; if not, the registry states it. */
  readonly verified: boolean;
  readonly findings: readonly [];
}
