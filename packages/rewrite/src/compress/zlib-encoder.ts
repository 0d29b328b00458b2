import { hasInternals, isHandleTried } from '@layers/core/compression';

/** The smallest output buffer that a stream of node:zlib takes, for those in which it is never used. */
export const NO_CHUNK_BYTES = 64;

/** A compressor of node:zlib that puts what it makes of one input into the room that it is given. */
export interface Encoder {
  /** Returns how many bytes came out. Throws where it fails, or where the room is too small. */
  encode(flush: number, input: Uint8Array, room: Uint8Array): number;
  close(): void;
}

/**
 * Drives a compressor of node:zlib, on which nothing else has been called, without a buffer of its own. What the
 * documented functions return is garbage that a thread gathers by the dozens of MiB before it looks for any. Null where
 * this Node has no such inside, or none that it was tried on.
 */
export function encoderOf(stream: object): Encoder | null {
  if (!isHandleTried() || !hasInternals(stream)) return null;
  const { _handle: handle, _writeState: left } = stream;
  let failure: string | undefined;
  handle.onerror = (message) => {
    failure = message;
  };
  return {
    encode(flush, input, room) {
      handle.writeSync(flush, input, 0, input.length, room, 0, room.length);
      const [free = 0, unused = 0] = left;
      if (failure !== undefined) throw new Error(failure);
      // A full room may mean that more would have come.
      if (unused > 0 || free === 0) throw new Error('a block grew more than it can');
      return room.length - free;
    },
    close: () => stream.close(),
  };
}
