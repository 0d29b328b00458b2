import { LayersError, withContext } from '@layers/errors';
import { decompressStream } from '../compression/decompress-stream.js';
import { type Compression, sniffCompression } from '../compression/sniff.js';
import { computableAlgorithmOf, type Digest } from '../digest/digest.js';
import { createDigester } from '../digest/digester.js';
import type { LayerBytes } from '../image/archive/archive-reader.js';
import { layerStored } from '../image/contents/layer-bytes.js';
import type { LayerDescription } from '../image/describe/description.js';
import { compressionOf } from '../image/layers/index-layer.js';
import type { Archive } from '../image/open-archive.js';
import { DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_LAYER_ZSTD } from '../oci/media-types.js';

/**
 * A layer of an image. Its digests and its size are those that the image declares; `compressed` and `uncompressed`
 * verify the digests while streaming.
 */
export interface Layer {
  /** Position in the image, from 0 at the base. */
  readonly index: number;
  /** The digest of the blob as stored; null where no document declares it, as in most docker-archives. */
  readonly digest: Digest | null;
  /** The digest of the uncompressed tar (OCI image-spec config.md, "Layer DiffID"); null for images in format v1. */
  readonly diffId: Digest | null;
  /** The digest of the stack up to this layer (OCI image-spec config.md, "Layer ChainID"); null for an unknown DiffID. */
  readonly chainId: Digest | null;
  /** The declared media type; else Docker's media type for the compression of the blob. */
  readonly mediaType: string;
  /** Bytes of the blob as stored; null where the blob is missing and no size is declared. */
  readonly sizeBytes: number | null;
  /**
   * Streams the blob as stored. Compares its digest with `digest` at the end, if that is SHA-256 or SHA-512.
   *
   * @throws LayersError ERR_LAYERS_BLOB_MISMATCH after the last chunk for another digest; ERR_LAYERS_LAYER_MISSING
   *   where the archive does not contain the blob; ERR_LAYERS_NEEDS_FILE for an image from a stream; ERR_LAYERS_READ
   */
  compressed(): AsyncGenerator<Uint8Array>;
  /**
   * Streams the layer's tar. Compares its digest with `diffId` at the end, if that is SHA-256 or SHA-512.
   *
   * @throws LayersError as `compressed`; ERR_LAYERS_GZIP_*, ERR_LAYERS_ZSTD_*, ERR_LAYERS_XZ_* and ERR_LAYERS_BZIP2_*
   *   for damaged compressed data
   */
  uncompressed(): AsyncGenerator<Uint8Array>;
}

/** A layer of an archive or layout. */
export class ArchiveLayer implements Layer {
  readonly index: number;
  readonly digest: Digest | null;
  readonly diffId: Digest | null;
  readonly chainId: Digest | null;
  readonly sizeBytes: number | null;
  readonly #archive: Archive;
  readonly #description: LayerDescription;

  constructor(
    archive: Archive,
    description: LayerDescription,
    position: { index: number; chainId: Digest | null },
  ) {
    this.index = position.index;
    this.digest = description.digest;
    this.diffId = description.diffId;
    this.chainId = position.chainId;
    this.sizeBytes = description.file?.size ?? description.data?.length ?? description.size;
    this.#archive = archive;
    this.#description = description;
  }

  get mediaType(): string {
    const { mediaType } = this.#description;
    if (mediaType !== null) return mediaType;
    const compression = this.#compression();
    if (compression === 'gzip') return DOCKER_LAYER_GZIP;
    return compression === 'zstd' ? DOCKER_LAYER_ZSTD : DOCKER_LAYER;
  }

  compressed(): AsyncGenerator<Uint8Array> {
    return this.#verified(this.#stored(), this.digest, 'digest');
  }

  uncompressed(): AsyncGenerator<Uint8Array> {
    return this.#verified(this.#tar(), this.diffId, 'DiffID');
  }

  async *#stored(): AsyncGenerator<Uint8Array> {
    const place = this.#place();
    if (place === null && this.#description.data === null) throw this.#missing();
    yield* layerStored({ archive: this.#archive }, { description: this.#description, bytes: place });
  }

  async *#tar(): AsyncGenerator<Uint8Array> {
    const compression = this.#compression();
    if (compression === null) yield* this.#stored();
    else yield* decompressStream(this.#stored(), compression, { ignoreTrailing: true });
  }

  async *#verified(
    chunks: AsyncIterable<Uint8Array>,
    declared: Digest | null,
    what: string,
  ): AsyncGenerator<Uint8Array> {
    const algorithm = declared === null ? null : computableAlgorithmOf(declared);
    const digester = algorithm === null ? null : createDigester(algorithm);
    try {
      for await (const chunk of chunks) {
        digester?.update(chunk);
        // The reader reuses the memory of a chunk, and a consumer may keep the chunk.
        yield new Uint8Array(chunk);
      }
    } catch (error) {
      throw withContext(error, this.#context());
    }
    const computed = digester?.digest() ?? declared;
    if (computed === declared) return;
    throw new LayersError(
      'ERR_LAYERS_BLOB_MISMATCH',
      `layer ${this.index} has the ${what} ${computed}; ${declared} is declared`,
      { ...this.#context(), hint: 'the archive is damaged: copy or download it again' },
    );
  }

  #place(): LayerBytes | null {
    const { file } = this.#description;
    return file === null ? null : this.#archive.reader.layer(file);
  }

  #compression(): Compression | null {
    const { data } = this.#description;
    if (data !== null) return sniffCompression(data);
    const place = this.#place();
    if (place === null) return null;
    return place.from === 'source' ? compressionOf(place.source) : place.index.compression;
  }

  #missing(): LayersError {
    const hint = this.#description.nonDistributable
      ? 'the layer is not distributable; its descriptor may list `urls` for it'
      : 'save the image again with all its layers';
    return new LayersError('ERR_LAYERS_LAYER_MISSING', `layer ${this.index} is not in the archive`, {
      ...this.#context(),
      hint,
    });
  }

  #context(): { readonly archive: string; readonly file: string } {
    return { archive: this.#archive.source.path, file: this.#description.name };
  }
}
