import { type Image, type LayerOptions, readingOf } from '@layers/core/api';
import { exportRootfs, type RootfsTar } from '../change/export.js';
import { extractRootfs } from '../change/extract.js';
import type { EmitOptions } from '../emit/emit-tar.js';
import type { ExtractReport } from '../extract/report.js';

/** What to do with layers that do not match their declared digests. */
export interface DamageOptions {
  /**
   * Called with the position of each layer that does not match, at least once, in place of throwing
   * ERR_LAYERS_BLOB_MISMATCH. The files of the layer are used as they are.
   */
  readonly onMismatch?: ((layer: number) => void) | undefined;
}

export interface ExportImageOptions extends LayerOptions, DamageOptions {}

function byPosition(onMismatch: DamageOptions['onMismatch']): EmitOptions['onMismatch'] {
  return onMismatch === undefined ? undefined : ({ position }) => onMismatch(position);
}

/**
 * Returns the merged root file system as one tar archive: parents before children, each path once, hard links kept.
 *
 * @returns the exact size of the tar in bytes, the number of its entries, and `chunks`, which generates it
 * @throws LayersError ERR_LAYERS_LAYER_MISSING for an incomplete archive; ERR_LAYERS_BLOB_MISMATCH for a layer with a wrong
 *   digest; the code of a damaged layer. `chunks` throws ERR_LAYERS_NEEDS_FILE for an image that was read from a stream,
 *   and ERR_LAYERS_INPUT_CHANGED if the archive changes.
 *
 * @example
 * ```ts
 * const { chunks } = await exportImage(image);
 * await pipeline(chunks(), createWriteStream('rootfs.tar'));
 * ```
 */
export async function exportImage(image: Image, options: ExportImageOptions = {}): Promise<RootfsTar> {
  const { onMismatch, ...rest } = options;
  const read = await readingOf(image).readAll(rest);
  const { tarBytes, entries, chunks } = exportRootfs(read, { ...rest, onMismatch: byPosition(onMismatch) });
  return {
    tarBytes,
    entries,
    async *chunks() {
      // The memory of a chunk is reused for the next one, but a stream may keep chunks.
      for await (const chunk of chunks()) yield new Uint8Array(chunk);
    },
  };
}

/** Which files to extract, and how. */
export interface ExtractImageOptions extends Pick<LayerOptions, 'signal' | 'onProgress'>, DamageOptions {
  /** Extract only these paths, everything below them, and their parent directories. Default: all paths. */
  readonly paths?: readonly (string | Uint8Array)[] | undefined;
  /** Extract into a directory that is not empty. Replaces files, but not directories with contents. Default: false. */
  readonly force?: boolean | undefined;
  /** Restore owners. Default: for root only; the report names owners that were not restored. */
  readonly sameOwner?: boolean | undefined;
}

/**
 * Extracts the merged root file system into a directory. Writes nothing outside of it, and follows no symlink in it.
 *
 * @param directory is created if it does not exist; must be empty unless `force` is set
 * @returns the number of files of each type, and what could not be restored, such as owners without root
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS if the directory is not empty; ERR_LAYERS_WRITE_OUTPUT;
 *   ERR_LAYERS_PATH_NOT_FOUND for a path that the image does not have; ERR_LAYERS_NEEDS_FILE for an image that was read
 *   from a stream; ERR_LAYERS_LAYER_MISSING for an incomplete archive; ERR_LAYERS_BLOB_MISMATCH for a layer with a wrong
 *   digest; ERR_LAYERS_INPUT_CHANGED if the archive changed; the code of a damaged layer
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
  const { paths, onMismatch, ...rest } = options;
  const read = await readingOf(image).readAll({ signal: options.signal });
  return extractRootfs(read, directory, {
    ...rest,
    onMismatch: byPosition(onMismatch),
    paths: paths?.map((path) => (typeof path === 'string' ? new TextEncoder().encode(path) : path)),
  });
}
