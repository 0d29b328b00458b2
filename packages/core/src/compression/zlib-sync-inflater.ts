import { createRequire } from 'node:module';
import type { LayersError } from '@layers/errors';
import { formatError, pieces } from './decoder.js';
import type { Inflater, OnBytes } from './inflater-types.js';

/**
 * Thrown by an inflater that cannot do what the data asks for, where another one can: open the source again and
 * start over with `engine: 'portable'`. Output that was handed over already must be thrown away.
 */
export class NeedsPortableInflater extends Error {
  readonly code = 'ERR_LAYERS_NEEDS_PORTABLE_INFLATER';

  constructor(reason: string) {
    super(`this gzip data needs the portable inflater: ${reason}`);
    this.name = 'NeedsPortableInflater';
  }
}

interface NativeInflate {
  push(input: Uint8Array, flush: number): void;
  readonly err: number;
  readonly result: Uint8Array | string | null;
  readonly msg: string | null;
}

interface ZlibSync {
  readonly Inflate: new (options: { windowBits: number; chunkSize: number }) => NativeInflate;
}

const SYNC_FLUSH = 2;
const STREAM_END = 1;
const BUF_ERROR = -5;
const GZIP_WINDOW_BITS = 31;
const GROW_BYTES = 64 * 1024;
/** Bounds the output of one call, which is held whole: at most 1032 times this. */
const INPUT_BYTES = 16 * 1024;
/** Each instance leaks about 45 KiB: never more than about one per cent of what it reads. */
const WORTH_A_LEAK_BYTES = 4 * 1024 * 1024;

/** Whether a compressed blob of this many bytes is large enough for zlib-sync, which leaks 45 KiB an instance. */
export function suitsNative(blobBytes: number): boolean {
  return blobBytes >= WORTH_A_LEAK_BYTES;
}

function isZlibSync(value: unknown): value is ZlibSync {
  return (
    typeof value === 'object' && value !== null && 'Inflate' in value && typeof value.Inflate === 'function'
  );
}

let loaded: ZlibSync | null | undefined;

/** zlib-sync, or null where it is not installed or was not built. */
export function loadZlibSync(): ZlibSync | null {
  if (loaded !== undefined) return loaded;
  try {
    const found: unknown = createRequire(import.meta.url)('zlib-sync');
    loaded = isZlibSync(found) ? found : null;
  } catch {
    loaded = null;
  }
  return loaded;
}

/**
 * Inflates one gzip member with zlib-sync. It reports neither how much input it used nor that it ignored some, so
 * the last byte that came is always held back: the stream must end with exactly that byte, not before.
 */
export function zlibSyncInflater(library: ZlibSync): Inflater {
  const inflate = new library.Inflate({ windowBits: GZIP_WINDOW_BITS, chunkSize: GROW_BYTES });
  const held = new Uint8Array(1);
  let holds = false;
  let ended = false;
  let offset = 0;

  const corrupt = (): LayersError =>
    formatError('ERR_LAYERS_GZIP_CORRUPT', inflate.msg ?? 'damaged data', offset);

  function decode(input: Uint8Array, onBytes: OnBytes): void {
    if (input.length === 0) return;
    if (ended) throw new NeedsPortableInflater('data follows the first member');
    inflate.push(input, SYNC_FLUSH);
    const { err, result } = inflate;
    if (err < 0 && err !== BUF_ERROR) throw corrupt();
    offset += input.length;
    ended = err === STREAM_END;
    if (result instanceof Uint8Array) for (const piece of pieces(result)) onBytes(piece);
  }

  return {
    engine: 'zlib-sync',
    push(chunk, onBytes) {
      const last = chunk[chunk.length - 1];
      if (last === undefined) return;
      if (holds) decode(held, onBytes);
      for (let at = 0; at < chunk.length - 1; at += INPUT_BYTES) {
        decode(chunk.subarray(at, Math.min(at + INPUT_BYTES, chunk.length - 1)), onBytes);
      }
      if (ended) throw new NeedsPortableInflater('data follows the first member');
      held[0] = last;
      holds = true;
    },
    finish(onBytes) {
      if (holds) decode(held, onBytes);
      holds = false;
      if (!ended)
        throw formatError('ERR_LAYERS_GZIP_TRUNCATED', 'the data ends before the stream does', offset);
    },
    close() {},
  };
}
