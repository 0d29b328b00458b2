import { type Image, type LayerOptions, readingOf } from '@layers/core/api';
import type { ArchiveFormat } from '../archive/archive-documents.js';
import { type OutputTarget, writeImages } from '../archive/write-images.js';
import { repackedImage } from '../change/repack.js';
import type { NewImage, WrittenImage } from '../image/new-image.js';

/** Where to write: the path of a file, or of a directory for the format `oci-dir`; or a function that gets the chunks. */
export type WriteTarget =
  | string
  /** `write` must not use the memory of a chunk after it resolves. */
  | { readonly kind: 'stream'; write(chunk: Uint8Array): Promise<void> };

/** The format of the output, and how to write it. */
export interface WriteImageOptions extends Omit<LayerOptions, 'limits'> {
  /** Default: `hybrid`, which every loader accepts. */
  readonly format?: ArchiveFormat | undefined;
  /** Replace an existing file or OCI layout. Default: false. */
  readonly force?: boolean | undefined;
}

/**
 * Writes an image as an archive or an OCI layout (OCI image-layout.md). Files and directories are written atomically, and
 * every blob is verified while it is copied. The same image and options give the same bytes.
 *
 * @param image from `openImage`, or planned by `squashImage`, `repackImage`, `appendLayer` or `configureImage`
 * @param options `threads`: the most threads that compress; `onProgress` counts bytes of layers, of new ones uncompressed
 * @returns the written image, with computed digests and sizes in bytes
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS for an existing output without `force`; ERR_LAYERS_WRITE_OUTPUT;
 *   ERR_LAYERS_BLOB_MISMATCH for a layer with a wrong digest; ERR_LAYERS_LAYER_MISSING for an incomplete archive;
 *   ERR_LAYERS_NEEDS_FILE for an image that was read from a stream; ERR_LAYERS_INPUT_CHANGED; ERR_LAYERS_COMPRESS
 *
 * @example
 * ```ts
 * const { id } = await writeImage(await openImage('image.tar'), 'layout', { format: 'oci-dir' });
 * ```
 */
export async function writeImage(
  image: Image | NewImage,
  target: WriteTarget,
  options: WriteImageOptions = {},
): Promise<WrittenImage> {
  const [written] = await writeArchive([image], target, options);
  if (written === undefined) throw new RangeError('no image was written');
  return written;
}

/**
 * Writes several images as one archive or OCI layout, each blob once.
 *
 * @param images from `openImage` or `openImages`, or planned
 * @returns the written images, in the order of `images`
 * @throws LayersError the codes of `writeImage`
 *
 * @example
 * ```ts
 * await writeArchive(await openImages('two-images.tar'), 'layout', { format: 'oci-dir' });
 * ```
 */
export async function writeArchive(
  images: readonly (Image | NewImage)[],
  target: WriteTarget,
  options: WriteImageOptions = {},
): Promise<readonly WrittenImage[]> {
  const { format = 'hybrid', threads, signal, onProgress } = options;
  const planned: NewImage[] = [];
  for (const image of images) {
    planned.push(
      isPlanned(image) ? image : repackedImage(await readingOf(image).readAll({ threads, signal })),
    );
  }
  return writeImages(planned, targetOf(target, options), {
    format,
    threads,
    signal,
    onProgress,
  });
}

function isPlanned(image: Image | NewImage): image is NewImage {
  return typeof image.config === 'function';
}

function targetOf(target: WriteTarget, { format, force = false }: WriteImageOptions): OutputTarget {
  if (typeof target !== 'string') return target;
  return { kind: format === 'oci-dir' ? 'directory' : 'file', path: target, force };
}
