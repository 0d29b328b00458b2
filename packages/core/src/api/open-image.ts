import { openCache } from '#core/api/open-cache.js';
import { type ImageQuery, selectImage } from '../image/describe/select-image.js';
import { type Archive, type ArchiveInput, type LayerOptions, openArchive } from '../image/open-archive.js';
import type { ByteSource } from '../io/byte-source.js';
import { memorySource } from '../io/memory-source.js';
import { ArchiveImage, type Image } from './image.js';
import { createReading } from './reading.js';

/**
 * The source of images: the path of an archive or OCI layout, the bytes of an archive, a source of them (a part of a file,
 * a file on a server), or a stream of them. A stream is read once, to its end; it must not reuse the memory of its chunks.
 * `path` names it in errors.
 */
export type ImageSource =
  | string
  | Uint8Array
  | ByteSource
  | { readonly path: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly path?: string | undefined };

/** Options of `openImage` and `openImages`. */
export interface OpenOptions extends Pick<LayerOptions, 'limits' | 'signal' | 'onProgress'> {
  /** Computes the digests of layers while reading a stream, for `verifyImage`. Default: false. */
  readonly verify?: boolean | undefined;
  /**
   * A directory in which it is kept what was learnt of gzip and zstd layers in files, so that later calls and processes read
   * only the parts of them that they need. It is created, and limited to 1 GB. Functions that verify or write images read whole
   * layers nevertheless. A layer is found by the state of its file and samples of its bytes. Default: none.
   */
  readonly cache?: string | undefined;
}

/**
 * Opens one image of an archive or layout. Recognises the format by content: docker-archives of all versions (Docker
 * image spec v1 to v1.2), OCI archives and layouts (OCI image-spec image-layout.md), also compressed with gzip, zstd, xz
 * or bzip2. Reads only documents, except for a stream or an archive that is compressed as a whole.
 *
 * @param source path, bytes or stream
 * @param options `image` (a tag, the start of an id or digest, or `#2`) and `platform` (`linux/arm64`) select an image;
 *   the default platform is that of this machine
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NOT_AN_IMAGE; ERR_LAYERS_NO_IMAGE; ERR_LAYERS_TAR_*;
 *   ERR_LAYERS_IMAGE_NOT_FOUND and ERR_LAYERS_IMAGE_AMBIGUOUS, whose hints list the images; ERR_LAYERS_PLATFORM;
 *   ERR_LAYERS_JSON, ERR_LAYERS_INDEX, ERR_LAYERS_MANIFEST, ERR_LAYERS_CONFIG, ERR_LAYERS_DOCKER_MANIFEST,
 *   ERR_LAYERS_REPOSITORIES and ERR_LAYERS_V1 for damaged documents; ERR_LAYERS_LIMIT
 *
 * @example
 * ```ts
 * const image = await openImage('image.tar', { platform: 'linux/arm64' });
 * console.log(image.tags, image.config.config?.Env);
 * ```
 */
export async function openImage(source: ImageSource, options: ImageQuery & OpenOptions = {}): Promise<Image> {
  const { archive, imageAt } = await open(source, options);
  return imageAt(archive.images.indexOf(selectImage(archive, options)));
}

/**
 * Opens all images of an archive or layout, in the order of its documents.
 *
 * @throws LayersError as `openImage`, except the codes about the selection of an image
 *
 * @example
 * ```ts
 * for (const image of await openImages('images.tar')) console.log(image.id, image.tags);
 * ```
 */
export async function openImages(source: ImageSource, options: OpenOptions = {}): Promise<readonly Image[]> {
  const { archive, imageAt } = await open(source, options);
  return archive.images.map((_, position) => imageAt(position));
}

async function open(
  source: ImageSource,
  options: OpenOptions,
): Promise<{ archive: Archive; imageAt: (position: number) => Image }> {
  const { limits, signal, onProgress, verify = false } = options;
  const input = inputOf(source);
  const cache = options.cache === undefined ? undefined : openCache(options.cache);
  const archive = await openArchive(input(), { limits, signal, onProgress, verify, cache });
  return {
    archive,
    imageAt(position) {
      const description = archive.images[position];
      if (description === undefined) throw new RangeError(`the archive has no image ${position}`);
      const reopen = 'stream' in input() ? null : input;
      return new ArchiveImage(
        createReading({ archive, description, position, input: reopen, verify, cache }),
      );
    },
  };
}

/** Returns the archive of a source, from its start. */
export function inputOf(source: ImageSource): () => ArchiveInput {
  if (typeof source === 'string') return () => ({ path: source });
  if (source instanceof Uint8Array) return () => ({ source: memorySource(source), path: 'memory' });
  if ('sync' in source) return () => ({ source, path: source.name });
  if ('stream' in source) return () => ({ stream: source.stream, path: source.path ?? '-' });
  return () => ({ path: source.path });
}
