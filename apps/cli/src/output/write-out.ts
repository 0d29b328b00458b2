import { monotonicMs, runEventLoop } from '@layers/core/io';
import { CommandError } from '../command-error.js';

/** The reader closed the pipe. The command ends without a message. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

const PIECE = 64 * 1024;
const PAUSE_MS = 50;

/**
 * Writes pieces of text or bytes to `stream`, joined to larger chunks, and waits until each is written, so that long
 * output needs little memory.
 *
 * @throws OutputClosed if the reader closed the pipe
 * @throws LayersError ERR_LAYERS_WRITE_OUTPUT
 */
export async function writeText(
  stream: NodeJS.WritableStream,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  let gathered = '';
  let paused = monotonicMs();
  const flush = async () => {
    signal?.throwIfAborted();
    if (gathered !== '') await writeChunk(stream, gathered);
    gathered = '';
    // Files and pipes are written at once: signals are heard in pauses only.
    if (monotonicMs() - paused < PAUSE_MS) return;
    await runEventLoop(signal);
    paused = monotonicMs();
  };
  const add = (piece: string | Uint8Array): void | Promise<void> => {
    if (typeof piece !== 'string') return flush().then(() => writeChunk(stream, piece));
    gathered += piece;
    if (gathered.length >= PIECE) return flush();
  };
  if (Symbol.asyncIterator in pieces) {
    for await (const piece of pieces) {
      const pending = add(piece);
      if (pending !== undefined) await pending;
    }
  } else {
    for (const piece of pieces) {
      const pending = add(piece);
      if (pending !== undefined) await pending;
    }
  }
  await flush();
}

/**
 * Writes text to standard error. Failures are ignored: a closed or full standard error does not change what the command
 * found.
 */
export async function writeNotes(stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> {
  try {
    await writeText(stream, pieces);
  } catch {}
}

/** Writes one chunk and waits until it is written. Throws as {@link writeText} does. */
export function writeChunk(stream: NodeJS.WritableStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(outputError(error));
    });
  });
}

function outputError(error: Error): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new OutputClosed();
  return new CommandError('ERR_LAYERS_WRITE_OUTPUT', `standard output cannot be written: ${error.message}`, {
    cause: error,
    hint: 'check whether the disk is full',
  });
}
