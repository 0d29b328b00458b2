import { type Image, type LayerOptions, readingOf } from '@layers/core/api';
import { exportRootfs, type RootfsTar } from '../change/export.js';
import { extractRootfs } from '../change/extract.js';
import type { ExtractReport } from '../extract/report.js';

/**
 * Returns the merged root file system as one tar: parents before children, no path twice, hard links kept.
 *
 * @throws LayersError ERR_LAYERS_LAYER_MISSING; the code of a damaged layer; while `chunks` is read,
 *   ERR_LAYERS_NEEDS_FILE for an image that was read from a stream
 *
 * @example
 * ```ts
 * const { bytes, chunks } = await exportImage(image);
 * await pipeline(chunks(), createWriteStream('rootfs.tar'));
 * ```
 */
export async function exportImage(image: Image, options: LayerOptions = {}): Promise<RootfsTar> {
  const { bytes, entries, chunks } = exportRootfs(await readingOf(image).read(options), options);
  return {
    bytes,
    entries,
    async *chunks() {
      // The reader uses its memory for the next chunk; a stream may keep this one.
      for await (const chunk of chunks()) yield new Uint8Array(chunk);
    },
  };
}

/** What to extract, and how. */
export interface ExtractImageOptions extends Pick<LayerOptions, 'signal' | 'onProgress'> {
  /** Extract these paths, what is below them, and the directories above them. Default: everything. */
  readonly paths?: readonly (string | Uint8Array)[] | undefined;
  /** Extract into a directory that is not empty: replaces files, but no directory that has contents. Default: false. */
  readonly force?: boolean | undefined;
  /** Restore owners. Default: for root only; the report names owners that were not restored. */
  readonly sameOwner?: boolean | undefined;
}

/**
 * Extracts the merged root file system below a directory. Nothing is written outside of it, and no symlink is
 * followed.
 *
 * @param directory created if it does not exist; must be empty without `force`
 * @returns what was made, and what could not be restored, such as owners without root
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS; ERR_LAYERS_WRITE_OUTPUT; ERR_LAYERS_PATH_NOT_FOUND;
 *   ERR_LAYERS_LAYER_MISSING; the code of a damaged layer
 *
 * @example
 * ```ts
 * const { files, notDone } = await extractImage(image, 'rootfs');
 * ```
 */
export async function extractImage(
  image: Image,
  directory: string,
  options: ExtractImageOptions = {},
): Promise<ExtractReport> {
  const { paths, ...rest } = options;
  const read = await readingOf(image).read({ signal: options.signal });
  return extractRootfs(read, directory, {
    ...rest,
    paths: paths?.map((path) => (typeof path === 'string' ? new TextEncoder().encode(path) : path)),
  });
}
