import { type Digest, isDigest } from '@layers/core/digest';
import { type AsyncByteSource, remoteSource } from '@layers/core/io';
import { familiarName, type Reference } from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import type { Connection } from './connection.js';
import { deleteManifest } from './delete-manifest.js';
import { fetchBlob } from './fetch-blob.js';
import { fetchManifest, fetchManifestDigest, type ManifestPlace } from './fetch-manifest.js';
import { hasBlob } from './has-blob.js';
import { listTags } from './lists.js';
import type { ManifestBytes } from './manifest-bytes.js';
import { pushBlob } from './push-blob.js';
import { pushManifest } from './push-manifest.js';
import { addReferrer, listReferrers } from './referrers.js';
import type {
  BlobOptions,
  Deletion,
  PushedBlob,
  PushedManifest,
  PushResult,
  Referrers,
  Repository,
} from './repository.js';

const TAG = /^\w[\w.-]{0,127}$/;

/** Errors of a mirror after which the next server is tried. */
const MIRROR_ERRORS: ReadonlySet<string> = new Set([
  'ERR_LAYERS_REGISTRY',
  'ERR_LAYERS_REGISTRY_AUTH',
  'ERR_LAYERS_BLOB_MISMATCH',
]);

/** A repository that is reached by HTTP. */
export class HttpRepository implements Repository {
  readonly domain: string;
  readonly path: string;
  readonly #mirrors: readonly Connection[];
  readonly #registry: Connection;

  constructor(
    { domain, path }: Pick<Reference, 'domain' | 'path'>,
    mirrors: readonly Connection[],
    registry: Connection,
  ) {
    this.domain = domain;
    this.path = path;
    this.#mirrors = mirrors;
    this.#registry = registry;
  }

  get name(): string {
    return familiarName({ domain: this.domain, path: this.path, tag: undefined, digest: undefined });
  }

  async manifest(reference: string): Promise<ManifestBytes> {
    const manifest = await this.findManifest(reference);
    if (manifest !== null) return manifest;
    throw this.#notFound(reference);
  }

  findManifest(reference: string): Promise<ManifestBytes | null> {
    return this.#read((connection) => fetchManifest(connection, this.#place(reference, connection)));
  }

  async manifestDigest(reference: string): Promise<Digest> {
    const found = await this.#read((connection) =>
      fetchManifestDigest(connection, this.#place(reference, connection)),
    );
    if (found === null) throw this.#notFound(reference);
    return found === 'unknown' ? (await this.manifest(reference)).digest : found.digest;
  }

  blobSource(blob: { readonly digest: Digest; readonly size: number }): AsyncByteSource {
    return remoteSource({
      name: `${this.name}@${blob.digest}`,
      size: blob.size,
      identity: blob.digest,
      fetch: (from, length) => this.blob(blob, { from, to: from + length }),
    });
  }

  async *blob(
    blob: { readonly digest: Digest; readonly size: number },
    options: BlobOptions = {},
  ): AsyncGenerator<Uint8Array> {
    for (const mirror of this.#mirrors) {
      let isStarted = false;
      try {
        for await (const chunk of fetchBlob(mirror, { ...blob, path: this.#pathAt(mirror) }, options)) {
          isStarted = true;
          yield chunk;
        }
        return;
      } catch (error) {
        if (isStarted || !isOfMirror(error)) throw error;
      }
    }
    yield* fetchBlob(this.#registry, { ...blob, path: this.path }, options);
  }

  hasBlob(digest: Digest): Promise<boolean> {
    return hasBlob(this.#registry, this.path, digest);
  }

  pushBlob(blob: Omit<PushedBlob, 'path'>): Promise<PushResult> {
    return pushBlob(this.#registry, { ...blob, path: this.path });
  }

  pushManifest(reference: string, manifest: ManifestBytes): Promise<PushedManifest> {
    return pushManifest(this.#registry, this.#place(reference), manifest);
  }

  delete(reference: string): Promise<Deletion> {
    return deleteManifest(this.#registry, this.#place(reference));
  }

  async *tags(): AsyncGenerator<string> {
    let isMissing = false;
    yield* listTags(this.#registry, this.path, () => {
      isMissing = true;
    });
    if (isMissing) {
      throw new LayersError('ERR_LAYERS_IMAGE_NOT_FOUND', `the registry has no repository ${this.name}`, {
        hint: 'check the name',
      });
    }
  }

  referrers(digest: Digest): Promise<Referrers> {
    return this.#read((connection) => listReferrers(connection, this.#pathAt(connection), digest, this.name));
  }

  addReferrer(
    subject: Digest,
    referrer: Readonly<Record<string, unknown>> & { readonly digest: Digest },
  ): Promise<void> {
    return addReferrer(this.#registry, this.path, subject, referrer, this.name);
  }

  #place(reference: string, connection: Connection = this.#registry): ManifestPlace {
    if (!TAG.test(reference) && !isDigest(reference)) {
      throw new LayersError('ERR_LAYERS_REFERENCE', `${JSON.stringify(reference)} is not a tag or a digest`, {
        hint: 'a tag has up to 128 letters, digits, and . _ -',
      });
    }
    const separator = reference.includes(':') ? '@' : ':';
    return { path: this.#pathAt(connection), reference, name: `${this.name}${separator}${reference}` };
  }

  #pathAt({ host }: Connection): string {
    return host.prefix === '' ? this.path : `${host.prefix}/${this.path}`;
  }

  /** Reads from the first mirror that has the answer, else from the registry. */
  async #read<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    for (const mirror of this.#mirrors) {
      try {
        const result = await work(mirror);
        if (result !== null) return result;
      } catch (error) {
        if (!isOfMirror(error)) throw error;
      }
    }
    return work(this.#registry);
  }

  #notFound(reference: string): LayersError {
    const { name } = this.#place(reference);
    return new LayersError('ERR_LAYERS_IMAGE_NOT_FOUND', `the registry has no image ${name}`, {
      hint: 'check the name and the tag',
    });
  }
}

function isOfMirror(error: unknown): boolean {
  return isLayersError(error) && MIRROR_ERRORS.has(error.code);
}
