import { hasInternals, isHandleTested } from '@layers/core/compression';

/** The smallest output buffer that a stream of node:zlib accepts, for streams that never use it. */
export const MIN_CHUNK_BYTES = 64;

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
      if (inputLeft > 0 || outputLeft === 0) throw new Error('a compressed block is larger than its buffer');
      return output.length - outputLeft;
    },
    close: () => stream.close(),
  };
}
