import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { LoadedImageFields } from './load.js';
import type { SavedImage } from './save.js';

/** Blobs that were sent to a registry, taken from another repository of it, or there. */
export interface PushedBlobs {
  readonly uploaded: number;
  readonly uploadedBytes: number;
  readonly mounted: number;
  readonly existing: number;
}

/** What a name of a registry refers to after a push. */
export interface PushedName {
  /** `docker://` and the complete name. */
  readonly reference: string;
  /** Digest of the manifest, or of the index of several platforms. */
  readonly digest: string;
  readonly mediaType: string;
  /** The number of manifests: one for each platform, and attestations. */
  readonly manifests: number;
  readonly blobs: PushedBlobs;
}

/** The output of `layers push --json`. */
export interface PushDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly pushed: readonly PushedName[];
  readonly findings: readonly Finding[];
}

/** The output of `layers pull --json`. */
export interface PullDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly pulled: readonly PulledName[];
  readonly findings: readonly Finding[];
}

/** An image of a registry that is in the store now. */
export interface PulledName {
  /** `docker://` and the complete name. */
  readonly reference: string;
  /** The digest of what the registry has by that name: a manifest, or an index of several platforms. */
  readonly digest: string;
  readonly images: readonly LoadedImageFields[];
}

/** The output of `layers copy --json`. */
export interface CopyDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: { readonly path: string };
  readonly target: {
    readonly path: string;
    /** Digest of the manifest or index that was written; null for several images, and where a format has none. */
    readonly digest: string | null;
  };
  /** The written images; empty where an index or an artifact was copied as it is. */
  readonly images: readonly SavedImage[];
  /** The number of manifests that were copied as they are. */
  readonly manifests: number;
  /** What a registry received; null for other targets. */
  readonly blobs: PushedBlobs | null;
  /** Digests of the copied manifests that refer to the image. */
  readonly referrers: readonly string[];
  readonly findings: readonly Finding[];
}

/** Where credentials are saved, or were removed from. */
export interface CredentialPlaceFields {
  /** `file`: as plain text. */
  readonly kind: 'file' | 'helper';
  readonly file: string;
  /** The program of the credential helper; null for a file. */
  readonly program: string | null;
}

/** The output of `layers login --json`. */
export interface LoginDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly registry: string;
  readonly username: string;
  readonly saved: CredentialPlaceFields;
  readonly findings: readonly [];
}

/** The output of `layers logout --json`. */
export interface LogoutDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly registry: string;
  /** Empty where no credentials were saved. */
  readonly removed: readonly CredentialPlaceFields[];
  readonly findings: readonly [];
}

/** The output of `layers rm --json`. */
export interface RmDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly repository: string;
  /** The tags that were deleted. */
  readonly tags: readonly string[];
  /** The digest of the deleted manifest; null where only a tag was deleted. */
  readonly digest: string | null;
  readonly findings: readonly Finding[];
}
