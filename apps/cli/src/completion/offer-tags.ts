import { registryClient, registryName } from '../input/registry-input.js';
import { parseRepository } from '../input/registry-names.js';
import type { Session } from '../session.js';

/** More cannot be chosen from by eye. */
const MOST_TAGS = 500;

/**
 * Yields the names of images in a registry that begin with what is typed: `alpine:3.` or `docker://ghcr.io/me/app:`. Sends no
 * request before the colon of the tag.
 */
export async function* tagsFor(typed: string, session: Session): AsyncGenerator<string> {
  const name = registryName(typed) ?? typed;
  const colon = name.lastIndexOf(':');
  const repository = name.slice(0, Math.max(colon, 0));
  // The colon of a port, or of a host that is still being typed.
  if (colon < name.lastIndexOf('/') || /^(?:localhost|[^/]*\.[^/]*)?$/.test(repository)) return;
  const client = await registryClient(session, { quiet: true });
  let found = 0;
  for await (const tag of client.repository(parseRepository(repository)).tags()) {
    if (!`${repository}:${tag}`.startsWith(name)) continue;
    yield `${typed.slice(0, typed.length - name.length)}${repository}:${tag}`;
    found += 1;
    if (found === MOST_TAGS) return;
  }
}
