import { createRequire } from 'node:module';
import type { LayersError } from '@layers/errors';
import { type Decoder, formatError, pieces } from './decoder.js';
import { NeedsPortableInflater } from './needs-portable-inflater.js';

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
/** Bounds the output of one call, which is at most 1032 times as long. */
const INPUT_BYTES = 16 * 1024;
/** Each instance leaks about 45 KiB, which is at most one per cent of such a blob. */
const MIN_BLOB_BYTES = 4 * 1024 * 1024;

/** Returns whether a compressed blob of this many bytes is large enough for zlib-sync, whose instances leak 45 KiB. */
export function suitsZlibSync(blobBytes: number): boolean {
  return blobBytes >= MIN_BLOB_BYTES;
}

function isZlibSync(value: unknown): value is ZlibSync {
  return (
    typeof value === 'object' && value !== null && 'Inflate' in value && typeof value.Inflate === 'function'
  );
}

let loaded: ZlibSync | null | undefined;

/**
 * Loads zlib-sync; returns null where it is not installed or was not built. The package is an optional peer: a user
 * installs it beside this one.
 */
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
 * Decompresses one gzip member (RFC 1952) with zlib-sync. The package does not report how much input it used, so the
 * last byte is always passed alone: the stream must end with exactly that byte.
 */
export function zlibSyncDecoder(library: ZlibSync): Decoder {
  const inflate = new library.Inflate({ windowBits: GZIP_WINDOW_BITS, chunkSize: GROW_BYTES });
  const lastByte = new Uint8Array(1);
  let hasLastByte = false;
  let ended = false;
  let offset = 0;

  const corrupt = (): LayersError =>
    formatError('ERR_LAYERS_GZIP_CORRUPT', inflate.msg ?? 'damaged data', offset);

  function* decode(input: Uint8Array): Generator<Uint8Array> {
    if (input.length === 0) return;
    if (ended) throw new NeedsPortableInflater('data follows the first member');
    inflate.push(input, SYNC_FLUSH);
    const { err, result } = inflate;
    if (err < 0 && err !== BUF_ERROR) throw corrupt();
    offset += input.length;
    ended = err === STREAM_END;
    if (result instanceof Uint8Array) yield* pieces(result);
  }

  return {
    engine: 'zlib-sync',
    *feed(chunk) {
      const last = chunk[chunk.length - 1];
      if (last === undefined) return;
      if (hasLastByte) yield* decode(lastByte);
      for (let at = 0; at < chunk.length - 1; at += INPUT_BYTES) {
        yield* decode(chunk.subarray(at, Math.min(at + INPUT_BYTES, chunk.length - 1)));
      }
      if (ended) throw new NeedsPortableInflater('data follows the first member');
      lastByte[0] = last;
      hasLastByte = true;
    },
    *finish() {
      if (hasLastByte) yield* decode(lastByte);
      hasLastByte = false;
      if (!ended) throw formatError('ERR_LAYERS_GZIP_TRUNCATED', 'unexpected end of data', offset);
    },
    close() {},
  };
}
