import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { DaemonEndpoint } from './endpoint.js';
import { inspectInDaemon } from './inspect.js';
import type { DaemonOptions } from './ping.js';
import { saveFromDaemon } from './save.js';

/**
 * The archive of one image of an engine, in which it is the only one: unlike `docker save`, which takes a name without
 * a tag for all its tags, and like all of docker's other commands, which take it for `latest`. Nothing is asked before
 * the first step.
 *
 * @throws LayersError as `inspectInDaemon` and `saveFromDaemon`
 */
export async function* readFromDaemon(
  endpoint: DaemonEndpoint,
  ref: string,
  options: DaemonOptions = {},
): AsyncGenerator<Uint8Array> {
  const { id, tags } = await inspectInDaemon(endpoint, ref, options);
  yield* await saveFromDaemon(endpoint, [nameOf(ref, tags) ?? id], options);
}

/** The name by which the image keeps its tag in the archive; null where `ref` was an id. */
function nameOf(ref: string, tags: readonly string[]): string | null {
  const reference = tryParseReference(ref);
  if (reference === undefined) return null;
  if (reference.tag !== undefined || reference.digest !== undefined) return ref;
  const latest = familiarReference(withDefaultTag(reference));
  return tags.includes(latest) ? latest : null;
}
