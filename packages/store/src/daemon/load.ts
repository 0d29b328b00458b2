import { accepted } from './answer.js';
import { unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { converse } from './exchange.js';
import { readMessages } from './json-messages.js';
import { type DaemonOptions, pingDaemon } from './ping.js';

/** What an engine said when it had loaded an archive, as `docker load` prints it: `Loaded image: app:1.0`. */
export interface LoadedByDaemon {
  readonly lines: readonly string[];
}

/** Takes the next bytes of an archive; once it resolves, their memory may be used for something else. */
export type WriteToDaemon = (chunk: Uint8Array) => Promise<void>;

const CODE = 'ERR_LAYERS_DAEMON_LOAD';

/**
 * Has an engine load an archive, as `docker load` does, while it is made. An engine loads nothing of an archive that it
 * does not get whole: where `source` fails, or `signal` says so, everything stays as it was.
 *
 * @param source the archive's bytes, or what writes them: each chunk once the one before is written
 * @throws LayersError ERR_LAYERS_DAEMON_LOAD in docker's own words, or where no engine answers, by the next write or in
 *   the end; what `source` and `signal` throw
 */
export async function loadIntoDaemon(
  endpoint: DaemonEndpoint,
  source: AsyncIterable<Uint8Array> | ((write: WriteToDaemon) => Promise<void>),
  options: DaemonOptions = {},
): Promise<LoadedByDaemon> {
  // What is written may be long in the making, and then nobody would be there.
  await pingDaemon(endpoint, options, CODE);
  const question = {
    method: 'POST',
    path: '/images/load?quiet=1',
    contentType: 'application/x-tar',
  } as const;
  const conversation = converse(endpoint, question, options, CODE);
  const { request } = conversation;
  const outcome = accepted(conversation).then((answer) => readMessages(conversation, answer));

  let ended: { readonly error: unknown } | null = null;
  let refuse: ((error: unknown) => void) | null = null;
  const end = (error: unknown) => {
    ended = { error };
    refuse?.(error);
  };
  outcome.then(() => end(unexpectedAnswer(CODE, endpoint, 'answered before it had taken everything')), end);

  const write: WriteToDaemon = (chunk) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended.error);
      refuse = reject;
      // Where this fails the connection is lost, of which `outcome` tells more.
      request.write(chunk, (error) => {
        if (error === undefined || error === null) resolve();
      });
    });

  try {
    await (typeof source === 'function' ? source(write) : writeAll(source, write));
    request.end();
    return { lines: await outcome };
  } catch (error) {
    conversation.fail(error);
    await outcome.catch(() => {});
    throw error;
  }
}

async function writeAll(source: AsyncIterable<Uint8Array>, write: WriteToDaemon): Promise<void> {
  for await (const chunk of source) await write(chunk);
}
