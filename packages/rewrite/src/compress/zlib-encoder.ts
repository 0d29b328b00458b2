import { hasInternals, isHandleTested } from '@layers/core/compression';

/** The smallest output buffer that a stream of node:zlib accepts, for streams that never use it. */
export const MIN_CHUNK_BYTES = 64;

const TOO_SMALL = 'a compressed block is larger than its buffer';

/** A compressor of node:zlib that writes into a buffer of the caller. */
export interface Encoder {
  /** Compresses `input` into `output`, and returns the number of bytes. Throws if `output` is too small. */
  encode(flush: number, input: Uint8Array, output: Uint8Array): number;
  close(): void;
}

/**
 * Returns an encoder that uses the handle of a new stream of node:zlib. The documented functions allocate their output:
 * a thread would collect dozens of MiB of garbage before it frees any. Returns null if this version of Node has no such
 * handle, or was not tested.
 */
export function encoderOf(stream: object): Encoder | null {
  if (!isHandleTested() || !hasInternals(stream)) return null;
  const { _handle: handle, _writeState: left } = stream;
  let failure: string | undefined;
  handle.onerror = (message) => {
    failure = message;
  };
  return {
    encode(flush, input, output) {
      handle.writeSync(flush, input, 0, input.length, output, 0, output.length);
      const [outputLeft = 0, inputLeft = 0] = left;
      if (failure !== undefined) throw new Error(failure);
      // If the output is full, there may be more of it.
      if (inputLeft > 0 || outputLeft === 0) throw new Error(TOO_SMALL);
      return output.length - outputLeft;
    },
    close: () => stream.close(),
  };
}

/** A block that Node's thread pool is compressing. */
export interface PooledEncoding {
  /** The number of bytes of output. Rejects if the output is too small. */
  readonly bytes: Promise<number>;
  /** Rejects `bytes` at once. The memory is in use until the thread has finished. */
  abandon(reason: Error): void;
}

/**
 * Compresses `input` into `output` in Node's thread pool, with the handle of a new stream of node:zlib, and closes the stream.
 * Throws where `encoderOf` returns null.
 */
export function encodeInPool(
  stream: object,
  flush: number,
  input: Uint8Array,
  output: Uint8Array,
): PooledEncoding {
  if (!isHandleTested() || !hasInternals(stream)) throw new Error('the internals of node:zlib have changed');
  const { _handle: handle, _writeState: left } = stream;
  // Node then calls `cb` of the handle when the write ends, and leaves the output alone.
  Object.defineProperty(stream, 'destroyed', { value: true });
  let abandon: (reason: Error) => void = () => {};
  const bytes = new Promise<number>((resolve, reject) => {
    abandon = reject;
    handle.onerror = (message) => {
      stream.close();
      reject(new Error(message));
    };
    handle.cb = () => {
      const [outputLeft = 0, inputLeft = 0] = left;
      stream.close();
      if (inputLeft > 0 || outputLeft === 0) reject(new Error(TOO_SMALL));
      else resolve(output.length - outputLeft);
    };
    handle.write(flush, input, 0, input.length, output, 0, output.length);
  });
  return { bytes, abandon };
}
