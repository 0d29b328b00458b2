import type { Archive, ReadOptions } from '@layers/core/image';
import { spoolStream } from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';
import { escapeForTerminal } from '../output/escape.js';
import type { ImageFlags, Session } from '../program/session.js';
import type { StreamSource } from './open-input.js';

/**
 * Copies a pipe to a temporary file for `work`, which reads it twice. Prints a note on standard error, and removes
 * the file in the end, also where a signal ends the process.
 *
 * @throws LayersError ERR_LAYERS_SPOOL; errors of `work` name the pipe in place of the file
 */
export async function withSpool<Result>(
  source: StreamSource,
  flags: ImageFlags,
  { stderr }: Session,
  options: ReadOptions,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  let remove = () => {};
  let spooled: string | undefined;
  try {
    const spool = await spoolStream(counted(source.stream, options), (created) => {
      remove = created.remove;
      spooled = created.path;
      if (flags.quiet === true) return;
      stderr.write(
        `note: file contents are read twice: copying the input to ${escapeForTerminal(created.path)}\n`,
      );
    });
    return await work(spool.path);
  } catch (error) {
    throw renamed(error, spooled, source.path);
  } finally {
    remove();
  }
}

/** Returns the archive with the name of the pipe, which documents show. */
export function withoutSpoolPath(archive: Archive, path: string): Archive {
  return { ...archive, source: { ...archive.source, path } };
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  { onProgress, signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let doneBytes = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    doneBytes += chunk.length;
    onProgress?.({ doneBytes, totalBytes: null });
    yield chunk;
  }
}

/** Returns an error that names the input in place of the temporary file. */
export function renamed(error: unknown, from: string | undefined, to: string): unknown {
  if (!isLayersError(error) || error.archive === undefined || error.archive !== from) return error;
  const { code, message, hint, offset, file, cause } = error;
  return new LayersError(code, message, { hint, offset, file, archive: to, cause: cause ?? error });
}
