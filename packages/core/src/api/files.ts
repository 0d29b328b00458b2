import { LayersError } from '@layers/errors';
import { catFile } from '../analysis/cat.js';
import type { ListedEntry, TreeDocument } from '../analysis/documents.js';
import { type ListOptions, listEntries } from '../analysis/list.js';
import { type TreeOptions, treeDocument } from '../analysis/tree.js';
import type { LayerOptions } from '../image/open-archive.js';
import { type Image, readingOf } from './image.js';

/**
 * Lists the files of the merged root file system, in byte order of the paths, parents first. With `layer`, lists the
 * entries of one layer in the order of its tar. Sizes are in bytes, times in seconds since 1970.
 *
 * @param options the `path` to list, default the root; `recursive`, default false; `layer`; `digest` for each file
 * @returns entries that are generated during iteration, because there may be millions
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND; ERR_LAYERS_LAYER_NOT_FOUND; as `inspectImage`
 *
 * @example
 * ```ts
 * for (const { path, sizeBytes } of await listFiles(image, { path: '/etc' })) console.log(sizeBytes, path);
 * ```
 */
export async function listFiles(image: Image, options: ListOptions = {}): Promise<Iterable<ListedEntry>> {
  return listEntries(await readingOf(image).analyse(options), options);
}

/**
 * Returns the merged root file system as a tree with the size of each directory in bytes. With `layer`, returns the
 * entries of one layer.
 *
 * @param options the `path` of the top, default the root; `depth` in levels, default 256; `layer`
 * @throws LayersError as `listFiles`
 */
export async function fileTree(image: Image, options: TreeOptions = {}): Promise<TreeDocument> {
  return treeDocument(await readingOf(image).analyse(options), options);
}

/** Options for reading a file of an image. */
export interface ReadFileOptions extends LayerOptions {
  /** Position of a layer: reads its own entry, even if a later layer deleted the path. Default: the merged tree. */
  readonly layer?: number | undefined;
}

/**
 * Streams a file of the merged root file system. Follows symlinks within the image. Holes of a sparse file are zeros.
 *
 * @param path the path from the root, such as `/etc/passwd`
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND; ERR_LAYERS_NOT_A_FILE; ERR_LAYERS_LAYER_NOT_FOUND;
 *   ERR_LAYERS_NEEDS_FILE for an image from a stream; as `inspectImage`
 *
 * @example
 * ```ts
 * await pipeline(streamFile(image, '/usr/bin/node'), createWriteStream('node'));
 * ```
 */
export async function* streamFile(
  image: Image,
  path: string,
  options: ReadFileOptions = {},
): AsyncGenerator<Uint8Array> {
  const analysis = await readingOf(image).analyse(options);
  // The reader reuses the memory of a chunk, and a consumer may keep the chunk.
  for await (const chunk of catFile(analysis, { path, layer: options.layer })) yield new Uint8Array(chunk);
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a whole file of the merged root file system, as `streamFile`.
 *
 * @param path the path from the root, such as `/etc/passwd`
 * @param options `maxBytes`, default 64 MiB, because a hostile image can contain sparse files of terabytes; `layer`
 * @throws LayersError ERR_LAYERS_LIMIT for a file larger than `maxBytes`; as `streamFile`
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
