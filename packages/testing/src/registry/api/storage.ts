import { createHash } from 'node:crypto';

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface Repository {
  /** By digest. */
  readonly blobs: Map<string, Uint8Array>;
  /** By digest. */
  readonly manifests: Map<string, StoredManifest>;
  /** The digest of each tag. */
  readonly tags: Map<string, string>;
}

/** A blob on its way into a repository. */
export interface Upload {
  readonly id: string;
  readonly repository: string;
  chunks: Uint8Array[];
  sizeBytes: number;
  /** The number of the last location that an answer gave. */
  location: number;
}

/** What a registry keeps. Tests may look into it, and fill it. */
export class Storage {
  readonly repositories = new Map<string, Repository>();
  readonly uploads = new Map<string, Upload>();

  /** Returns a repository, which is created if it does not exist. */
  repository(name: string): Repository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const created: Repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.repositories.set(name, created);
    return created;
  }

  /** Adds a blob, and returns its digest. */
  addBlob(repository: string, bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.repository(repository).blobs.set(digest, bytes);
    return digest;
  }

  /** Adds a manifest under a tag, and returns its digest. */
  addManifest(repository: string, tag: string | null, manifest: StoredManifest): string {
    const digest = digestOf(manifest.bytes);
    const { manifests, tags } = this.repository(repository);
    manifests.set(digest, manifest);
    if (tag !== null) tags.set(tag, digest);
    return digest;
  }
}

const DIGEST = /^(sha256):[0-9a-f]{64}$|^(sha512):[0-9a-f]{128}$/;

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** Returns the digest of bytes, with the algorithm of another digest; sha256 by default. */
export function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
