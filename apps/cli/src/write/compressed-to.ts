import { compressStream } from '@layers/rewrite/compress';
import { createPushStream } from './push-stream.js';

type Put = (chunk: Uint8Array) => Promise<void>;

/**
 * Compresses the output of `work` at the default level, and passes it to `put`. Resolves to the result of `work` when
 * all output is written. Rejects with the first failure.
 */
export async function compressedTo<Result>(
  kind: 'gzip' | 'zstd',
  signal: AbortSignal | undefined,
  put: Put,
  work: (write: Put) => Promise<Result>,
): Promise<Result> {
  const { push, end, chunks, stop } = createPushStream();
  const compressed = compressStream(chunks, { kind, signal });
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
    for await (const piece of compressed) await put(piece);
  } catch (error) {
    // The work must end before its inputs are closed.
    stop();
    await result;
    throw error;
  }
  const outcome = await result;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
