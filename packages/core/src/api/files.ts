import { LayersError } from '@layers/errors';
import { catFile } from '../analysis/cat.js';
import type { ListedEntry, TreeDocument } from '../analysis/documents.js';
import { type ListOptions, listEntries } from '../analysis/list.js';
import { type TreeOptions, treeDocument } from '../analysis/tree.js';
import { type Image, readingOf } from './image.js';
import type { LayerOptions } from './reading.js';

/**
 * Lists the files of an image: those of the merged root file system, by path, parents first; or with `layer` those of
 * one layer, in the order of its tar. Sizes are in bytes, times in seconds since 1970.
 *
 * @param options `path` to list, default the root; `recursive`, default false; `layer`; `digest` of every file
 * @returns entries that are made one by one, as there may be millions
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND; ERR_LAYERS_LAYER_NOT_FOUND; as `inspectImage` does
 *
 * @example
 * ```ts
 * for (const { path, size } of await listFiles(image, { path: '/etc' })) console.log(size, path);
 * ```
 */
export async function listFiles(
  image: Image,
  options: ListOptions & LayerOptions = {},
): Promise<Iterable<ListedEntry>> {
  return listEntries(await readingOf(image).analyse(options), options);
}

/**
 * Returns the merged root file system, or with `layer` one layer, as a tree with the size of every directory in bytes.
 *
 * @param options `path` of the top, default the root; `depth` in levels, default 256; `layer`
 * @throws LayersError as `listFiles` does
 */
export async function fileTree(
  image: Image,
  options: TreeOptions & LayerOptions = {},
): Promise<TreeDocument> {
  return treeDocument(await readingOf(image).analyse(options), options);
}

export interface ReadFileOptions extends LayerOptions {
  /** Position of a layer whose own file is read, also one that a later layer deleted. Default: the merged tree. */
  readonly layer?: number | undefined;
}

/**
 * Streams a file of the merged root file system; symlinks are followed within the image. Holes of a sparse file are
 * zeros.
 *
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND; ERR_LAYERS_NOT_A_FILE; ERR_LAYERS_LAYER_NOT_FOUND;
 *   ERR_LAYERS_NEEDS_FILE for an image that was read from a stream; as `inspectImage` does
 */
export async function* streamFile(
  image: Image,
  path: string,
  options: ReadFileOptions = {},
): AsyncGenerator<Uint8Array> {
  const analysis = await readingOf(image).analyse(options);
  // The reader uses its memory for the next chunk; a stream may keep this one.
  for await (const chunk of catFile(analysis, { path, layer: options.layer })) yield new Uint8Array(chunk);
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a whole file, as `streamFile` streams it.
 *
 * @param options `maxBytes`, default 64 MiB: a larger file is an error, as hostile images hold sparse ones of terabytes
 * @throws LayersError ERR_LAYERS_LIMIT for a larger file; as `streamFile` does
 *
 * @example
 * ```ts
 * const release = new TextDecoder().decode(await readFile(image, '/etc/os-release'));
 * ```
 */
export async function readFile(
  image: Image,
  path: string,
  options: ReadFileOptions & { readonly maxBytes?: number | undefined } = {},
): Promise<Uint8Array> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of streamFile(image, path, options)) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(path: string, maxBytes: number): LayersError {
  const message = `${JSON.stringify(path)} has more than ${maxBytes} bytes`;
  return new LayersError('ERR_LAYERS_LIMIT', message, {
    hint: 'raise maxBytes, or read the file with streamFile',
  });
}
