import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { DaemonEndpoint } from './endpoint.js';
import { inspectInDaemon } from './inspect.js';
import type { DaemonOptions } from './ping.js';
import { saveFromDaemon } from './save.js';

/**
 * Streams the archive of one image of a Docker Engine. A name without a tag means `latest`, as in docker's other commands;
 * `docker save` would include all its tags. Sends nothing before the first step of the iterator.
 *
 * @param ref a name, or the start of an id
 * @throws LayersError ERR_LAYERS_REFERENCE for an invalid name; ERR_LAYERS_DAEMON with Docker's message, or if the engine
 *   does not answer. Also throws the reason of `signal`.
 *
 * @example
 * ```ts
 * const archive = readFromDaemon(daemonEndpoint(process.env), 'alpine:3.20');
 * await pipeline(archive, createWriteStream('alpine.tar'));
 * ```
 */
export async function* readFromDaemon(
  endpoint: DaemonEndpoint,
  ref: string,
  options: DaemonOptions = {},
): AsyncGenerator<Uint8Array> {
  const { id, tags } = await inspectInDaemon(endpoint, ref, options);
  yield* await saveFromDaemon(endpoint, [nameOf(ref, tags) ?? id], options);
}

/** Returns the name with which the archive contains the tag; null if `ref` is an id. */
function nameOf(ref: string, tags: readonly string[]): string | null {
  const reference = tryParseReference(ref);
  if (reference === undefined) return null;
  if (reference.tag !== undefined || reference.digest !== undefined) return ref;
  const latest = familiarReference(withDefaultTag(reference));
  return tags.includes(latest) ? latest : null;
}
