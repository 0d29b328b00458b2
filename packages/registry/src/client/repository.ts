import type { Digest } from '@layers/core/digest';
import type { AsyncByteSource } from '@layers/core/io';
import type { ManifestBytes } from './manifest-bytes.js';

/** Which bytes of a blob are read, and how they are checked. */
export interface BlobOptions {
  /** Position of the first byte. Default: 0. */
  readonly from?: number | undefined;
  /** Position after the last byte. Default: the size of the blob. */
  readonly to?: number | undefined;
  /** False where the caller computes the digest. Default: whether the blob is read as a whole. */
  readonly checksDigest?: boolean | undefined;
  /** Whether the memory of a chunk is freed at the next step, which is faster. Default: chunks can be kept. */
  readonly freesMemory?: boolean | undefined;
}

/** A blob to push. */
export interface PushedBlob {
  readonly path: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** Opens the bytes from a position. Called again to continue an upload. */
  open(position: number): AsyncIterable<Uint8Array>;
  /** Repositories of the same registry that have the blob. */
  readonly mountFrom?: readonly string[] | undefined;
  /** Called with the number of bytes that the registry has of the blob. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** What happened to a blob: the registry had it, took it from another repository, or received it. */
export type PushResult = 'exists' | 'mounted' | 'uploaded';

/** What the registry said of a pushed manifest. */
export interface PushedManifest {
  /** Whether the registry keeps the list of referrers itself (distribution-spec, "Pushing Manifests with Subject"). */
  readonly hasReferrers: boolean;
}

/** How a deletion ended. `by-digest-only`: the registry deletes manifests, and no tags. */
export type Deletion = 'deleted' | 'missing' | 'by-digest-only';

/** A manifest that refers to another one, such as a signature or an SBOM. */
export interface Referrer {
  readonly digest: Digest;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  /** The descriptor as the registry has it. */
  readonly descriptor: Readonly<Record<string, unknown>>;
}

/** The manifests that refer to a manifest. */
export interface Referrers {
  readonly manifests: readonly Referrer[];
  /** Whether the registry keeps the list itself; else it is the index of a tag. */
  readonly isApi: boolean;
}

/**
 * A repository of a registry: its manifests, blobs and tags. Reads from mirrors first, writes to the registry itself. All
 * methods throw ERR_LAYERS_REGISTRY_AUTH where access is denied, and ERR_LAYERS_CREDENTIALS where credentials cannot be used.
 */
export interface Repository {
  /** The domain of the registry, such as `docker.io`. */
  readonly domain: string;
  /** Such as `library/alpine`. */
  readonly path: string;
  /** The name as docker shows it, such as `alpine` or `ghcr.io/me/app`. */
  readonly name: string;
  /**
   * Fetches a manifest or an index by its tag or digest. Its digest is checked.
   *
   * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_REFERENCE, ERR_LAYERS_REGISTRY, ERR_LAYERS_BLOB_MISMATCH
   */
  manifest(reference: string): Promise<ManifestBytes>;
  /** As `manifest`; null where the registry does not have it. */
  findManifest(reference: string): Promise<ManifestBytes | null>;
  /** Returns the digest of a manifest. Fetches the manifest only where the registry does not state it. Throws as `manifest`. */
  manifestDigest(reference: string): Promise<Digest>;
  /**
   * Yields the bytes of a blob. Checks its size at the end, and its digest if it is read as a whole. Continues after a cut.
   *
   * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_BLOB_MISMATCH
   */
  blob(
    blob: { readonly digest: Digest; readonly size: number },
    options?: BlobOptions,
  ): AsyncGenerator<Uint8Array>;
  /**
   * Returns a blob as a source, for reads at any position. Each read is one request for a range (RFC 9110 section 14); where
   * the registry has no ranges, the start of the blob is read and dropped. Only a stream from the start is checked against
   * the digest.
   */
  blobSource(blob: { readonly digest: Digest; readonly size: number }): AsyncByteSource;
  /** Whether the repository has a blob. Throws ERR_LAYERS_REGISTRY. */
  hasBlob(digest: Digest): Promise<boolean>;
  /** Pushes a blob unless the repository has it. Continues after a cut. Throws ERR_LAYERS_REGISTRY_WRITE, and what `open` throws. */
  pushBlob(blob: Omit<PushedBlob, 'path'>): Promise<PushResult>;
  /** Pushes a manifest under a tag or its digest; its blobs must be there. Throws ERR_LAYERS_REGISTRY_WRITE. */
  pushManifest(reference: string, manifest: ManifestBytes): Promise<PushedManifest>;
  /**
   * Deletes a tag, or by digest a manifest with all its tags. Throws ERR_LAYERS_REGISTRY_WRITE, also where the registry
   * allows no deletion.
   */
  delete(reference: string): Promise<Deletion>;
  /** Yields the tags in the order of the registry. Throws ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_REGISTRY. */
  tags(): AsyncGenerator<string>;
  /** Lists the manifests that refer to a manifest, such as signatures. Throws ERR_LAYERS_REGISTRY. */
  referrers(digest: Digest): Promise<Referrers>;
  /** Adds a manifest to the list of referrers, for a registry that does not keep it itself. Throws ERR_LAYERS_REGISTRY_WRITE. */
  addReferrer(
    subject: Digest,
    referrer: Readonly<Record<string, unknown>> & { readonly digest: Digest },
  ): Promise<void>;
}
