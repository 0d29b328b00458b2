import { accepted, readBounded } from './answer.js';
import { type DaemonErrorCode, unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { converse } from './exchange.js';
import { checkedImageName } from './image-name.js';
import { fieldOf, stringsOf } from './json.js';
import type { DaemonOptions } from './ping.js';

/** What an engine says of an image that it has. */
export interface DaemonImage {
  /** What docker prints as the image's id: the digest of its config, or of its manifest in a store of containerd's. */
  readonly id: string;
  /** Its names with their tags, as docker shows them. */
  readonly tags: readonly string[];
  /** The DiffIDs of its layers, from the base up. */
  readonly diffIds: readonly string[];
}

/** Labels and environments of honest images are smaller by far. */
const MAX_DOCUMENT = 8 * 1024 * 1024;

/**
 * Looks an image up as docker does: by a name, whose tag is `latest` if it has none, else by the start of an id.
 *
 * @param code what errors are called
 * @throws LayersError in docker's own words for an image that the engine does not have
 */
export async function inspectInDaemon(
  endpoint: DaemonEndpoint,
  ref: string,
  options: DaemonOptions = {},
  code: DaemonErrorCode = 'ERR_LAYERS_DAEMON',
): Promise<DaemonImage> {
  const name = checkedImageName(ref).split('/').map(encodeURIComponent).join('/');
  const conversation = converse(endpoint, { method: 'GET', path: `/images/${name}/json` }, options, code);
  const body = await readBounded(conversation, await accepted(conversation), MAX_DOCUMENT);
  const document = body === null ? undefined : parsed(body.toString('utf8'));
  const id = fieldOf(document, 'Id');
  if (typeof id !== 'string') {
    throw unexpectedAnswer(code, endpoint, 'describes images in a way that is not understood');
  }
  return {
    id,
    tags: stringsOf(fieldOf(document, 'RepoTags')),
    diffIds: stringsOf(fieldOf(fieldOf(document, 'RootFS'), 'Layers')),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
