import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { LogDocument } from '../log/document.js';
import { type LogOptions, logDocument } from '../log/path-log.js';

/**
 * Returns the life of a path: which layer added, changed, replaced and deleted it, with its attributes and digest after each.
 * Follows symlinks in the parents of the path, but not the path itself.
 *
 * @param path the path from the root, such as `/etc/passwd`
 * @param options `patch` adds unified diffs of the contents
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND where no layer contains the path; ERR_LAYERS_NEEDS_FILE for an image from a
 *   stream; as `inspectImage`
 *
 * @example
 * ```ts
 * const { events } = await pathLog(await openImage('image.tar'), '/etc/passwd');
 * for (const { layer, change, digest, instruction } of events) console.log(layer, change, digest, instruction);
 * ```
 */
export async function pathLog(image: Image, path: string, options: LogOptions = {}): Promise<LogDocument> {
  return logDocument(await readingOf(image).read(options), path, options);
}
