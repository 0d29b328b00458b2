import { LayersError, withContext } from '@layers/errors';
import { decompressStream } from '../compression/decompress-stream.js';
import { type Compression, sniffCompression } from '../compression/sniff.js';
import { computableAlgorithmOf, type Digest } from '../digest/digest.js';
import { createDigester } from '../digest/digester.js';
import type { LayerBytes } from '../image/archive/archive-reader.js';
import { layerStored } from '../image/contents/content.js';
import type { LayerDescription } from '../image/describe/description.js';
import { compressionOfRange } from '../image/layers/index-layer.js';
import type { Archive } from '../image/open-archive.js';
import { DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_LAYER_ZSTD } from '../oci/media-types.js';

/**
 * A layer of an image. Its digests and its size are what the image's documents declare; `compressed` and
 * `uncompressed` verify them while the bytes are read.
 */
export interface Layer {
  /** Position in the image, from 0 at the base. */
  readonly index: number;
  /** Digest of the blob as stored; null where no document declares one, as in most docker-archives. */
  readonly digest: Digest | null;
  /** Digest of the uncompressed tar (OCI config.md, `rootfs.diff_ids`); null for images from before image configs. */
  readonly diffId: Digest | null;
  /** Digest of the stack up to this layer (OCI config.md, "Layer ChainID"); null where a DiffID is unknown. */
  readonly chainId: Digest | null;
  /** The media type; where the image declares none, the Docker media type of the compression found in the bytes. */
  readonly mediaType: string;
  /** Bytes of the blob as stored; null where neither the blob nor a declared size is there. */
  readonly sizeBytes: number | null;
  /**
   * Streams the blob as stored. At the end its digest is compared with `digest`, where that is a SHA-256 or SHA-512.
   *
   * @throws LayersError ERR_LAYERS_BLOB_MISMATCH after the last chunk for another digest; ERR_LAYERS_LAYER_MISSING
   *   where the archive does not have the blob; ERR_LAYERS_NEEDS_FILE for an image that was read from a stream;
   *   ERR_LAYERS_READ
   */
  compressed(): AsyncGenerator<Uint8Array>;
  /**
   * Streams the layer's tar. At the end its digest is compared with `diffId`, where that is a SHA-256 or SHA-512.
   *
   * @throws LayersError as `compressed` does; also ERR_LAYERS_GZIP_*, ERR_LAYERS_ZSTD_*, ERR_LAYERS_XZ_* and
   *   ERR_LAYERS_BZIP2_* for damaged compressed data
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
    else yield* decompressStream(this.#stored(), compression);
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
        // The reader uses its memory for the next chunk; a stream may keep this one.
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
    return place.from === 'range' ? compressionOfRange(place.range) : place.index.compression;
  }

  #missing(): LayersError {
    const hint = this.#description.nonDistributable
      ? 'the layer may not be distributed; its descriptor may name other places in `urls`'
      : 'save the image again, with all of its layers';
    return new LayersError('ERR_LAYERS_LAYER_MISSING', `layer ${this.index} is not in the archive`, {
      ...this.#context(),
      hint,
    });
  }

  #context(): { readonly archive: string; readonly file: string } {
    return { archive: this.#archive.source.path, file: this.#description.name };
  }
}
