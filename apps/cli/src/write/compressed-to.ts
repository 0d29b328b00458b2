import { compressStream } from '@layers/rewrite/compress';
import { pushed } from './pushed.js';

type Put = (chunk: Uint8Array) => Promise<void>;

/**
 * Compresses the output of `work` at the default level, and passes it to `put`. Resolves to the result of `work` when
 * all output is written. Rejects with the first failure.
 */
export async function compressedTo<Result>(
  kind: 'gzip' | 'zstd',
  signal: AbortSignal,
  put: Put,
  work: (write: Put) => Promise<Result>,
): Promise<Result> {
  const { push, end, chunks, refuse } = pushed();
  const packed = compressStream(chunks, { kind, signal });
  const result = work(push).then(
    (value) => {
      end();
      return { value };
    },
    (error: unknown) => {
      end(error);
      return { error };
    },
  );
  try {
    for await (const piece of packed) await put(piece);
  } catch (error) {
    // The work must end before its inputs are closed.
    refuse();
    await result;
    throw error;
  }
  const outcome = await result;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
