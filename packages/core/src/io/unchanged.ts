import { LayersError } from '@layers/errors';
import type { ByteSource } from './byte-source.js';

/**
 * Yields chunks that are read from a source. Throws ERR_LAYERS_INPUT_CHANGED where the source changed meanwhile, also in place
 * of an error, which the change may have caused.
 */
export async function* whileUnchanged(
  source: Pick<ByteSource, 'identity' | 'name'>,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const before = source.identity();
  try {
    yield* chunks;
  } catch (error) {
    checkUnchanged(source, before);
    throw error;
  }
  checkUnchanged(source, before);
}

/**
 * Throws ERR_LAYERS_INPUT_CHANGED where a source has another identity than before. Does nothing where it has none, such as a
 * file that was removed.
 */
export function checkUnchanged(source: Pick<ByteSource, 'identity' | 'name'>, before: string | null): void {
  const now = before === null ? null : source.identity();
  if (now === null || now === before) return;
  throw new LayersError('ERR_LAYERS_INPUT_CHANGED', 'the archive changed while it was read', {
    archive: source.name,
    hint: 'another process writes to the archive: try again when it is done',
  });
}
