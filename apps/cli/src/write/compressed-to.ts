import { compressStream } from '@layers/rewrite/compress';
import { pushed } from './pushed.js';

type Put = (chunk: Uint8Array) => Promise<void>;

/**
 * Compresses what `work` writes and hands it to `put`, with the level that is usual. Resolves to what `work` gives once
 * all of it was taken, and rejects with what failed first.
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
    // The work has to be over before its inputs go.
    refuse();
    await result;
    throw error;
  }
  const outcome = await result;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
