import type { LayerOptions } from '../image/open-archive.js';
import type { ReadImage } from '../image/read-image.js';
import { compareSections } from './compare-sections.js';
import { type DiffDocument, SECTIONS, type Section } from './document.js';
import { IGNORED_BY_DEFAULT, type Ignorable } from './ignorable.js';
import { patchMaker } from './patch/patches.js';
import { createPathFilter } from './paths/path-filter.js';

/** Options of `diffImages`. */
export interface DiffOptions extends LayerOptions {
  /** The sections to compare; default all. */
  readonly only?: readonly Section[] | undefined;
  /** Kinds of differences to ignore; default `mtime` and `hardlinks`. */
  readonly ignore?: readonly Ignorable[] | undefined;
  /** Globs of the paths to compare, as in gitignore(5); default all paths. */
  readonly include?: readonly string[] | undefined;
  /** Globs of the paths to skip; they have precedence over `include`. */
  readonly exclude?: readonly string[] | undefined;
  /** Adds unified diffs of changed text files of at most 1 MiB; with `newFiles` also of added and removed files. */
  readonly patch?: { readonly newFiles?: boolean | undefined } | undefined;
}

/**
 * Compares two images: merged file systems, layers, configs, histories and packages. Reads file contents only where
 * neither a shared layer nor sizes nor fingerprints decide. Extracts nothing to disk.
 *
 * @throws LayersError the problem of a damaged layer; ERR_LAYERS_READ; ERR_LAYERS_USAGE for an invalid glob;
 *   ERR_LAYERS_NEEDS_FILE where the contents of a streamed archive are needed: for packages, patches, and sparse
 *   files with different maps
 */
export async function compareImages(
  a: ReadImage,
  b: ReadImage,
  options: DiffOptions = {},
): Promise<DiffDocument> {
  const { only, ignore, patch, signal, onProgress } = options;
  return compareSections(a, b, {
    sections: new Set(only ?? SECTIONS),
    ignore: new Set(ignore ?? IGNORED_BY_DEFAULT),
    filter: createPathFilter(options),
    patches: patch === undefined ? null : patchMaker(patch),
    signal,
    onProgress,
  });
}
