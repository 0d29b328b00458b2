import { fieldOf, parseJsonOrNull, stringsOf } from '../json-value.js';
import { checkedImageName } from './api-request.js';
import { type DaemonErrorCode, unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { DaemonExchange } from './exchange.js';
import type { DaemonOptions } from './ping.js';

/** An image of a Docker Engine. */
export interface DaemonImage {
  /** The id that docker prints: the digest of the config; with containerd's image store, of the manifest. */
  readonly id: string;
  /** Names with tags, as docker prints them. */
  readonly tags: readonly string[];
  /** DiffIDs of the layers, from the base up. */
  readonly diffIds: readonly string[];
}

/** Far above the size of labels and environments in practice. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/**
 * Looks up an image of a Docker Engine by a name, whose default tag is `latest`, or by the start of an id
 * (`GET /images/{name}/json`).
 *
 * @param code the code of errors
 * @throws LayersError ERR_LAYERS_REFERENCE; `code` with Docker's message if the image does not exist, and if the
 *   engine does not answer; what `signal` throws
 */
export async function inspectInDaemon(
  endpoint: DaemonEndpoint,
  ref: string,
  options: DaemonOptions = {},
  code: DaemonErrorCode = 'ERR_LAYERS_DAEMON',
): Promise<DaemonImage> {
  const name = checkedImageName(ref).split('/').map(encodeURIComponent).join('/');
  const exchange = new DaemonExchange(
    endpoint,
    { method: 'GET', path: `/images/${name}/json` },
    options,
    code,
  );
  const body = await exchange.readBody(await exchange.response(), MAX_DOCUMENT_BYTES);
  const document = body === null ? null : parseJsonOrNull(body.toString('utf8'));
  const id = fieldOf(document, 'Id');
  if (typeof id !== 'string') {
    throw unexpectedAnswer(code, endpoint, 'describes the image in an unknown format');
  }
  return {
    id,
    tags: stringsOf(fieldOf(document, 'RepoTags')),
    diffIds: stringsOf(fieldOf(fieldOf(document, 'RootFS'), 'Layers')),
  };
}
