import * as zlib from 'node:zlib';
import { PIECE_BYTES, pieces } from './decoder.js';
import { hasInternals, isHandleTried, type ZlibHandle, type ZlibInternals } from './node-handle.js';

/**
 * Node's own zlib and zstd, driven synchronously and in a stream, which no documented function of Node does.
 * `take` yields what it decodes from `input` and returns how many bytes of it it used: fewer than given means
 * that the deflate stream or zstd frame ended there.
 */
export interface NodeCodec {
  readonly engine: 'node:zlib' | 'node:zlib/processChunk';
  take(input: Uint8Array): Generator<Uint8Array, number>;
  /** Makes the codec ready for another stream. */
  reset(): void;
  close(): void;
}

/** What the codec said about data that it could not decode; the caller knows where that was. */
export class CodecFailure extends Error {}

/** zstd takes any other flush as the end of the input. */
const FLUSH = zlib.constants.Z_NO_FLUSH;
/** Bounds what `_processChunk`, which returns all output of its input at once, can return. */
const PROCESS_CHUNK_INPUT = { deflate: 4 * 1024, zstd: 128 } as const;

/** Whether this Node has zstd itself: from 22.15 on. */
export function hasNodeZstd(): boolean {
  return 'createZstdDecompress' in zlib;
}

function makeStream(kind: 'deflate' | 'zstd'): object | null {
  if (kind === 'deflate') return zlib.createInflateRaw({ chunkSize: PIECE_BYTES });
  if (!('createZstdDecompress' in zlib) || typeof zlib.createZstdDecompress !== 'function') return null;
  const stream: unknown = zlib.createZstdDecompress({ chunkSize: PIECE_BYTES });
  return typeof stream === 'object' ? stream : null;
}

/** The fast way: one output buffer for the whole stream, nothing allocated, joined or copied. */
function throughHandle(stream: ZlibInternals, handle: ZlibHandle): NodeCodec {
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
        // A closed handle must not be written to: Node would abort.
        if (closed) throw new CodecFailure('the decompressor was closed');
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

function throughProcessChunk(stream: ZlibInternals, handle: ZlibHandle, inputBytes: number): NodeCodec {
  const close = handle.close.bind(handle);
  const nothing = () => {};
  let closed = false;
  // `_processChunk` believes that each call is the last one, and closes.
  handle.close = nothing;
  const decode = (input: Uint8Array) => {
    if (closed) throw new CodecFailure('the decompressor was closed');
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

/** A codec for raw deflate data or zstd frames; null where this Node has none. `viaHandle` is for tests. */
export function openNodeCodec(
  kind: 'deflate' | 'zstd',
  viaHandle: boolean = isHandleTried(),
): NodeCodec | null {
  const stream = makeStream(kind);
  if (stream === null || !hasInternals(stream)) return null;
  return viaHandle
    ? throughHandle(stream, stream._handle)
    : throughProcessChunk(stream, stream._handle, PROCESS_CHUNK_INPUT[kind]);
}
