import { createHash } from 'node:crypto';
import { isLayersError } from '@layers/errors';
import type { CompressedIndex } from '../../compression/indexed/compressed-index.js';
import { decodeIndex } from '../../compression/indexed/index-format.js';
import type { Digest } from '../../digest/digest.js';
import { KeptFiles } from '../../io/kept-files.js';
import type { FingerprintKey } from '../layers/fingerprint.js';
import type { LayerTask } from '../layers/index-layer.js';
import { isOfLayer, type LayerIndex } from '../layers/layer-index.js';
import { type CacheKeys, cacheKeys } from './cache-keys.js';
import { countKept, type SharedLimits } from './count-kept.js';
import { decodeLayer } from './decode-layer.js';
import { encodeLayer } from './encode-layer.js';
import { decodeAnswer, encodeAnswer } from './kept-answer.js';
import { archivePlace, type LayerPlace, placeOf, sampleOf } from './layer-place.js';
import { decodePlace, encodePlace } from './place-document.js';
import { seal, unseal } from './seal.js';

export interface LayerCacheOptions {
  /** A directory of this user. It is created with the first file. */
  readonly directory: string;
  /** The files of one version are not read by another, which may understand layers better. */
  readonly version: string;
  /** The most bytes of all files. Default: {@link DEFAULT_CACHE_BYTES}. */
  readonly maxBytes?: number | undefined;
  /** Smaller blobs are not kept. Default: 4 KiB, which are read as fast as their index. */
  readonly minBytes?: number | undefined;
  /** No documents of smaller archives are kept. Default: 64 KiB. */
  readonly minArchiveBytes?: number | undefined;
}

export const DEFAULT_CACHE_BYTES = 1_000_000_000;

/** A few kilobytes can have thousands of entries. */
const WORTH_BYTES = 4 * 1024;

/** A smaller archive is analysed as fast as its document is found. */
const WORTH_DOCUMENT_BYTES = 64 * 1024;

/** A larger document is not worth its place. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** What the cache knows about a layer that is about to be read. */
export interface CacheEntry {
  /** The index of the layer; null where the layer must be read. */
  readonly index: LayerIndex | null;
  /** Where it is stored; null where its index cannot be kept. */
  readonly place: LayerPlace | null;
}

/**
 * Keeps on disk what was learnt of compressed layers, so that no layer is read twice. An index is found by the digest of the
 * blob; the digest by the file in which the blob is stored, as long as the state of the file is the same.
 *
 * Nothing that it does is ever an error: what cannot be read is read from the layer, what cannot be written is not kept.
 */
export class LayerCache {
  readonly #files: KeptFiles;
  readonly #keys: CacheKeys;
  readonly #version: string;
  readonly #maxBytes: number;
  readonly #minBytes: number;
  readonly #minArchiveBytes: number;
  #wrote = false;

  /** Opens a cache; returns null where its directory can be neither read nor written. */
  static open(options: LayerCacheOptions): LayerCache | null {
    const files = new KeptFiles(options.directory);
    const keys = cacheKeys(files);
    return keys === null ? null : new LayerCache(files, keys, options);
  }

  private constructor(
    files: KeptFiles,
    keys: CacheKeys,
    {
      version,
      maxBytes = DEFAULT_CACHE_BYTES,
      minBytes = WORTH_BYTES,
      minArchiveBytes = WORTH_DOCUMENT_BYTES,
    }: LayerCacheOptions,
  ) {
    this.#files = files;
    this.#keys = keys;
    this.#version = version;
    this.#maxBytes = maxBytes;
    this.#minBytes = minBytes;
    this.#minArchiveBytes = minArchiveBytes;
  }

  /** The key of all fingerprints that this cache has, and may get. */
  get fingerprintKey(): FingerprintKey {
    return this.#keys.fingerprints;
  }

  /** Looks for a layer. Ask before it is read: what is read later belongs to the state of the file that was found. */
  find(task: LayerTask): CacheEntry {
    if (task.compression === null || task.source.size < this.#minBytes) return { index: null, place: null };
    try {
      const place = placeOf(task.source);
      return { place, index: place === null ? null : this.#indexAt(place, task) };
    } catch (error) {
      return noted(error);
    }
  }

  /** Returns the index of a blob, for a layer whose digest was computed just now; null where the layer must be read. */
  indexOf(digest: Digest, task: LayerTask): LayerIndex | null {
    const blob = this.#read(blobName(digest));
    const kept = blob === null ? null : decodeLayer(blob);
    if (kept === null || ((task.checksum ?? true) && !kept.isChecked)) return null;
    return isAnswer(kept.index, digest, task) ? kept.index : null;
  }

  /** Returns whether there is an index of a blob, without reading it. */
  hasIndexOf(digest: Digest): boolean {
    return this.#files.has(this.#fileOf(blobName(digest)));
  }

  /** Notes which blob stands at a place. */
  keepPlace(place: LayerPlace, digest: Digest): void {
    try {
      if (placeOf(place.source)?.name !== place.name) return;
      this.#write(place.name, [encodePlace({ digest, sample: sampleOf(place.source) })]);
    } catch (error) {
      noted(error);
    }
  }

  /** Keeps what was read of a layer at a place. */
  keep(place: LayerPlace, task: LayerTask, index: LayerIndex): void {
    const [digest] = index.digests;
    if (digest === undefined || !isOfLayer(index.problem)) return;
    try {
      if (placeOf(place.source)?.name !== place.name) return;
      const isChecked = task.checksum ?? true;
      this.#write(blobName(digest), encodeLayer({ index, isChecked }));
      if (index.accessPoints !== null) this.keepPoints(digest, index.accessPoints);
      this.#write(place.name, [encodePlace({ digest, sample: sampleOf(place.source) })]);
    } catch (error) {
      noted(error);
    }
  }

  /**
   * Returns the index of a blob on a server, which is known by its digest alone. Counts it against the limits, as one that is
   * read counts. Throws ERR_LAYERS_LIMIT.
   */
  remote(digest: Digest, storedBytes: number, shared: SharedLimits): LayerIndex | null {
    const blob = this.#read(blobName(digest));
    const kept = blob === null ? null : decodeLayer(blob);
    if (kept === null || !kept.isChecked || kept.index.storedBytes !== storedBytes) return null;
    countKept(kept.index, shared);
    return kept.index;
  }

  /** Keeps what was read of a blob on a server, whose digest was computed. */
  keepRemote(digest: Digest, index: LayerIndex): void {
    if (index.storedBytes < this.#minBytes || !isOfLayer(index.problem)) return;
    this.#write(blobName(digest), encodeLayer({ index, isChecked: true }));
    if (index.accessPoints !== null) this.keepPoints(digest, index.accessPoints);
  }

  /** Returns a table of contents as it is stored in a blob, by its declared digest; see `keepToc`. */
  toc(digest: Digest): Uint8Array | null {
    return this.#read(tocName(digest));
  }

  /** @param bytes the table of contents, with what else is needed to read it; its digest was checked */
  keepToc(digest: Digest, bytes: Uint8Array): void {
    this.#write(tocName(digest), [bytes]);
  }

  /** Returns the access points of a blob. */
  points(digest: Digest): CompressedIndex | null {
    const bytes = this.#read(pointsName(digest));
    return bytes === null ? null : decodeIndex(bytes);
  }

  /** @param points what `encodeIndex` returned */
  keepPoints(digest: Digest, points: Uint8Array): void {
    this.#write(pointsName(digest), [points]);
  }

  /**
   * Returns the place of an archive whose documents may be kept; null for other files, and where there is no file. Ask before
   * the archive is read.
   */
  archiveAt(path: string): LayerPlace | null {
    try {
      const place = archivePlace(path);
      return place === null || place.source.size < this.#minArchiveBytes ? null : place;
    } catch (error) {
      return noted(error).place;
    }
  }

  /**
   * Returns a document that was kept about an archive; undefined where there is none.
   *
   * @param question all on which the document depends, beside the bytes of the archive
   */
  document(place: LayerPlace, question: string): unknown {
    const name = documentName(place, question);
    const bytes = this.#read(name);
    if (bytes === null) return undefined;
    try {
      const document = decodeAnswer(place.source, bytes);
      if (document === undefined) this.#files.remove(this.#fileOf(name));
      return document;
    } catch (error) {
      noted(error);
      return undefined;
    }
  }

  /** Keeps a document of an archive, unless the file changed since its place was asked for. */
  keepDocument(place: LayerPlace, question: string, document: unknown): void {
    try {
      if (placeOf(place.source)?.name !== place.name) return;
      const bytes = encodeAnswer(place.source, document);
      if (bytes === null || bytes.length > MAX_DOCUMENT_BYTES) return;
      this.#write(documentName(place, question), [bytes]);
      this.settle();
    } catch (error) {
      noted(error);
    }
  }

  /** Removes what is known about a place: it has other bytes. */
  forget(place: LayerPlace): void {
    this.#files.remove(this.#fileOf(place.name));
  }

  /** Removes what was not used for the longest time, if this process wrote something and there is too much. */
  settle(): void {
    if (this.#wrote) this.#files.prune(this.#maxBytes);
    this.#wrote = false;
  }

  #indexAt(place: LayerPlace, task: LayerTask): LayerIndex | null {
    const bytes = this.#read(place.name);
    const found = bytes === null ? null : decodePlace(bytes);
    if (found === null) return null;
    if (found.sample !== sampleOf(place.source)) {
      this.forget(place);
      return null;
    }
    return this.indexOf(found.digest, task);
  }

  /** Returns what was written under a name, and removes it if it is damaged. */
  #read(name: string): Uint8Array<ArrayBuffer> | null {
    const file = this.#fileOf(name);
    const bytes = this.#files.read(file);
    if (bytes === null) return null;
    const body = unseal(this.#keys.seals, name, bytes);
    if (body === null) this.#files.remove(file);
    return body;
  }

  #write(name: string, parts: readonly Uint8Array[]): void {
    const sealed = [seal(this.#keys.seals, name, parts), ...parts];
    const size = sealed.reduce((sum, { length }) => sum + length, 0);
    if (size > this.#maxBytes / 4) return;
    if (this.#files.write(this.#fileOf(name), sealed)) this.#wrote = true;
  }

  #fileOf(name: string): string {
    const hash = createHash('sha256').update(`${this.#version}\0${name}`).digest('hex');
    return `${hash.slice(0, 40)}.index`;
  }
}

/** Whether an index is that of the blob, with all that is asked. */
function isAnswer(index: LayerIndex, digest: Digest, task: LayerTask): boolean {
  const { storedDigests, tarDigests, source, compression } = task;
  const has = (digests: readonly Digest[], algorithm: string): boolean =>
    digests.some((known) => known.startsWith(`${algorithm}:`));
  return (
    index.storedBytes === source.size &&
    index.compression === compression &&
    index.digests.includes(digest) &&
    storedDigests.every((algorithm) => has(index.digests, algorithm)) &&
    (!index.inflated || tarDigests.every((algorithm) => has(index.diffIds, algorithm)))
  );
}

function blobName(digest: Digest): string {
  return `layer ${digest}`;
}

function tocName(digest: Digest): string {
  return `toc ${digest}`;
}

function pointsName(digest: Digest): string {
  return `points ${digest}`;
}

function documentName({ name }: LayerPlace, question: string): string {
  return `document ${name} ${question}`;
}

/** Returns an empty entry for a layer that cannot be read now: reading it shows the error. Throws errors that are bugs. */
function noted(error: unknown): CacheEntry {
  if (!isLayersError(error) && !(error instanceof Error && 'syscall' in error)) throw error;
  return { index: null, place: null };
}
