import { CodecFailure, type PooledCodec, UNFINISHED } from './codec.js';
import { hasNodeZstd, makeStream } from './node-codec.js';
import { hasInternals, isHandleTested, type PooledHandle } from './node-handle.js';

/** Large enough for a change of threads to be cheap, small enough to be in the cache of the next thread. */
const OUTPUT_BYTES = 512 * 1024;

/** For zstd any other flush is the end of the input. */
const FLUSH = 0;

/** Returns whether Node's thread pool can decompress, and was tested on this version. */
export function canUsePool(kind: 'deflate' | 'zstd'): boolean {
  return isHandleTested() && (kind === 'deflate' || hasNodeZstd());
}

/** Opens a codec that works in the thread pool; returns null where this Node has none that was tested. */
export function openPooledCodec(kind: 'deflate' | 'zstd'): PooledCodec | null {
  const stream = canUsePool(kind) ? makeStream(kind) : null;
  if (stream === null || !hasInternals(stream)) return null;
  // Node then calls `cb` of the handle when a write ends, and leaves the output alone.
  Object.defineProperty(stream, 'destroyed', { value: true });
  const handle: PooledHandle = stream._handle;
  const left = stream._writeState;
  const outputs: [Uint8Array, Uint8Array] = [new Uint8Array(OUTPUT_BYTES), new Uint8Array(OUTPUT_BYTES)];
  let failure: string | undefined;
  let closed = false;
  let held: Uint8Array = UNFINISHED;
  /** The memory that a thread of the pool is using, which must not be freed. */
  let busy: readonly Uint8Array[] | null = null;
  let onReady: (() => void) | null = null;

  const ended = (): void => {
    busy = null;
    onReady?.();
    onReady = null;
  };
  handle.cb = ended;
  handle.onerror = (message) => {
    failure = message;
    ended();
  };

  function start(input: Uint8Array, used: number): void {
    // Writing to a closed handle would abort the process.
    if (closed) throw new CodecFailure('the decompressor is closed');
    outputs.reverse();
    busy = [input, ...outputs];
    handle.write(FLUSH, input, used, input.length - used, outputs[0], 0, OUTPUT_BYTES);
  }

  function* rest(): Generator<Uint8Array> {
    const output = held;
    held = UNFINISHED;
    if (output.length > 0) yield output;
  }

  return {
    engine: 'node:zlib/pool',
    *take(input) {
      let used = 0;
      for (;;) {
        start(input, used);
        yield* rest();
        while (busy !== null) yield UNFINISHED;
        if (failure !== undefined) throw new CodecFailure(failure);
        const [free = 0, unused = 0] = left;
        used = input.length - unused;
        held = outputs[0].subarray(0, OUTPUT_BYTES - free);
        if (free === 0) continue;
        if (unused > 0) yield* rest();
        return used;
      }
    },
    ready: () => (busy === null ? Promise.resolve() : new Promise((resolve) => (onReady = resolve))),
    rest,
    reset: () => handle.reset(),
    close() {
      if (!closed) stream.close();
      closed = true;
    },
  };
}
