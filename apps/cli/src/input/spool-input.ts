import { type Archive, type ReadOptions, withBoundedTail } from '@layers/core/image';
import { spoolStream } from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';
import { escapeForTerminal } from '../output/escape.js';
import type { Feedback } from '../output/progress.js';
import type { StreamSource } from './open-input.js';
import type { Resources } from './resources.js';

/**
 * Copies a pipe to a temporary file for work that reads it twice, and returns the path. Prints a note on standard error.
 * The file is removed with the resources, also where a signal ends the process; errors name the pipe in its place.
 *
 * @throws LayersError ERR_LAYERS_SPOOL
 */
export async function spoolInput(
  source: StreamSource,
  { quiet }: Feedback,
  options: ReadOptions,
  resources: Resources,
): Promise<string> {
  const { stderr } = resources.session;
  const { path } = await spoolStream(withBoundedTail(counted(source.stream, options)), (created) => {
    resources.defer(created.remove);
    resources.explainWith((error) => renamed(error, created.path, source.path));
    if (quiet === true) return;
    stderr.write(
      `note: file contents are read twice: copying the input to ${escapeForTerminal(created.path)}\n`,
    );
  });
  return path;
}

/** Returns the archive of a temporary file with the name of the pipe or registry, as documents show it. */
export function asStreamed(archive: Archive, { path, format }: Omit<StreamSource, 'stream'>): Archive {
  const ofRegistry = format === undefined ? {} : { format, sizeBytes: null };
  return { ...archive, source: { ...archive.source, path, ...ofRegistry } };
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
export function renamed(error: unknown, from: string, to: string): unknown {
  if (!isLayersError(error) || error.archive === undefined || error.archive !== from) return error;
  const { code, message, hint, offset, file, cause } = error;
  return new LayersError(code, message, { hint, offset, file, archive: to, cause: cause ?? error });
}
