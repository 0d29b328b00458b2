import * as zlib from 'node:zlib';
import { type Codec, CodecFailure } from './codec.js';
import { PIECE_BYTES, pieces } from './decoder.js';
import {
  hasInternals,
  isHandleTested,
  type PooledHandle,
  type ZlibHandle,
  type ZlibInternals,
} from './node-handle.js';

/** For zstd any other flush is the end of the input. */
const FLUSH = zlib.constants.Z_NO_FLUSH;
/** Bounds the output of `_processChunk`, which returns all output at once. */
const PROCESS_CHUNK_INPUT = { deflate: 4 * 1024, zstd: 128 } as const;

/** Returns whether this Node has zstd, as from 22.15 on. */
export function hasNodeZstd(): boolean {
  return 'createZstdDecompress' in zlib;
}

/** Creates a stream of Node; returns null where this version has none. */
export function makeStream(kind: 'deflate' | 'zstd'): object | null {
  if (kind === 'deflate') return zlib.createInflateRaw({ chunkSize: PIECE_BYTES });
  if (!('createZstdDecompress' in zlib) || typeof zlib.createZstdDecompress !== 'function') return null;
  const stream: unknown = zlib.createZstdDecompress({ chunkSize: PIECE_BYTES });
  return typeof stream === 'object' ? stream : null;
}

/** Uses the handle: one output buffer for the whole stream, without allocations or copies. */
function throughHandle(stream: ZlibInternals, handle: ZlibHandle): Codec {
  const left = stream._writeState;
  const output = new Uint8Array(PIECE_BYTES);
  let failure: string | undefined;
  let closed = false;
  handle.onerror = (message) => {
    failure = message;
  };
  return {
    engine: 'node:zlib',
    *take(input) {
      let used = 0;
      for (;;) {
        // Writing to a closed handle would abort the process.
        if (closed) throw new CodecFailure('the decompressor is closed');
        handle.writeSync(FLUSH, input, used, input.length - used, output, 0, PIECE_BYTES);
        if (failure !== undefined) throw new CodecFailure(failure);
        const [free = 0, unused = 0] = left;
        used = input.length - unused;
        if (free < PIECE_BYTES) yield output.subarray(0, PIECE_BYTES - free);
        if (free > 0) return used;
      }
    },
    reset: () => handle.reset(),
    close() {
      if (!closed) stream.close();
      closed = true;
    },
  };
}

function throughProcessChunk(stream: ZlibInternals, handle: PooledHandle, inputBytes: number): Codec {
  const close = handle.close.bind(handle);
  const nothing = () => {};
  let closed = false;
  // `_processChunk` closes the stream after each call.
  handle.close = nothing;
  const decode = (input: Uint8Array) => {
    if (closed) throw new CodecFailure('the decompressor is closed');
    stream._handle = handle;
    try {
      return stream._processChunk(input, FLUSH);
    } catch (error) {
      throw new CodecFailure(error instanceof Error ? error.message : String(error));
    } finally {
      stream.removeAllListeners('error');
      stream.on('error', nothing);
    }
  };
  return {
    engine: 'node:zlib/processChunk',
    *take(input) {
      let used = 0;
      while (used < input.length) {
        const part = input.subarray(used, used + inputBytes);
        const output = decode(part);
        const took = stream.bytesWritten;
        yield* pieces(output);
        used += took;
        if (took < part.length) break;
      }
      return used;
    },
    reset: () => handle.reset(),
    close() {
      if (!closed) close();
      closed = true;
    },
  };
}

/** Opens a codec for raw deflate data or zstd frames; returns null where this Node has none. `viaHandle` is for tests. */
export function openNodeCodec(kind: 'deflate' | 'zstd', viaHandle: boolean = isHandleTested()): Codec | null {
  const stream = makeStream(kind);
  if (stream === null || !hasInternals(stream)) return null;
  return viaHandle
    ? throughHandle(stream, stream._handle)
    : throughProcessChunk(stream, stream._handle, PROCESS_CHUNK_INPUT[kind]);
}
