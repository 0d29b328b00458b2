import { fieldOf, parseJsonOrNull, stringsOf } from '../json-value.js';
import { type DaemonErrorCode, unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { DaemonExchange } from './exchange.js';
import type { DaemonOptions } from './ping.js';

/** An image in the list of a Docker Engine. */
export interface ListedDaemonImage {
  readonly id: string;
  /** Names with tags, as docker prints them; empty for an image without a name. */
  readonly tags: readonly string[];
  /** Seconds since 1970; null where the engine does not say. */
  readonly createdSeconds: number | null;
  readonly sizeBytes: number | null;
}

/** Far above the list of thousands of images. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/**
 * Lists the images of a Docker Engine (`GET /images/json`), the newest first, as docker does.
 *
 * @param code the code of errors
 * @throws LayersError `code` if the engine does not answer as it should; what `signal` throws
 */
export async function listInDaemon(
  endpoint: DaemonEndpoint,
  options: DaemonOptions = {},
  code: DaemonErrorCode = 'ERR_LAYERS_DAEMON',
): Promise<ListedDaemonImage[]> {
  const exchange = new DaemonExchange(endpoint, { method: 'GET', path: '/images/json' }, options, code);
  const body = await exchange.readBody(await exchange.response(), MAX_DOCUMENT_BYTES);
  const document = body === null ? null : parseJsonOrNull(body.toString('utf8'));
  if (!Array.isArray(document)) {
    throw unexpectedAnswer(code, endpoint, 'lists the images in an unknown format');
  }
  return document
    .flatMap((item: unknown) => {
      const id = fieldOf(item, 'Id');
      if (typeof id !== 'string') return [];
      const tags = stringsOf(fieldOf(item, 'RepoTags')).filter((tag) => tag !== '<none>:<none>');
      const image: ListedDaemonImage = {
        id,
        tags,
        createdSeconds: numberOf(fieldOf(item, 'Created')),
        sizeBytes: numberOf(fieldOf(item, 'Size')),
      };
      return [image];
    })
    .sort((a, b) => (b.createdSeconds ?? 0) - (a.createdSeconds ?? 0));
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
