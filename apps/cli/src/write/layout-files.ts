import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';

/** Whether a directory is an OCI layout, such as a store. Images are added to it; it is never replaced. */
export function isLayout(path: string): boolean {
  return existsSync(join(path, 'oci-layout'));
}

/**
 * Refuses an output inside a store or another OCI layout, also with `--force`: the layout would lose images. Follows
 * symlinks. Throws ERR_LAYERS_OUTPUT_EXISTS.
 *
 * @param format of the output; `tar` for a tar of files
 */
export function refuseInsideLayout(path: string, format: OutputFormat | 'tar'): void {
  // Images are added to a layout, wherever it is.
  if (format === 'oci-dir' && isLayout(path)) return;
  refuseFileOf(layoutWith(path), path, format === 'tar' ? '' : '; -o oci:DIR:NAME adds an image to a layout');
}

/** Refuses to extract files into a layout. Throws ERR_LAYERS_OUTPUT_EXISTS. */
export function refuseExtractionIntoLayout(directory: string): void {
  refuseFileOf(layoutWith(join(directory, 'file')), directory, '');
}

function refuseFileOf(layout: string | null, path: string, more: string): void {
  if (layout === null) return;
  throw new CommandError('ERR_LAYERS_OUTPUT_EXISTS', `${path} belongs to the OCI layout ${layout}`, {
    hint: `name an output outside the layout${more}`,
  });
}

const FOLDERS_OF_LAYOUTS: ReadonlySet<string> = new Set(['blobs', '.layers']);

/** Returns the layout of which a path is a file, also where it does not exist yet; null without one. */
function layoutWith(path: string): string | null {
  const parent = dirname(realPath(resolve(path)));
  if (isLayoutOrBroken(parent)) return parent;
  for (let folder = parent; dirname(folder) !== folder; folder = dirname(folder)) {
    if (FOLDERS_OF_LAYOUTS.has(basename(folder)) && isLayoutOrBroken(dirname(folder))) return dirname(folder);
  }
  return null;
}

/** Also a layout that has lost its marker. */
function isLayoutOrBroken(folder: string): boolean {
  return isLayout(folder) || (existsSync(join(folder, 'index.json')) && existsSync(join(folder, 'blobs')));
}

/** Resolves symlinks in the part of a path that exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
