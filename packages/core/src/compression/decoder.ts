import { type ErrorCode, LayersError } from '@layers/errors';

/**
 * A synchronous decompressor that yields pieces of at most {@link PIECE_BYTES}. A piece is a view that is valid until
 * the next one is requested. A caller may stop early. Memory is bounded for every compression ratio.
 */
export interface Decoder {
  readonly engine: string;
  /** Decodes the next chunk. The caller may overwrite it after the last piece. */
  feed(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Ends the input. Throws where the stream is not complete. */
  finish(): Iterable<Uint8Array>;
  /** Returns what follows the compressed data, which some programs refuse. */
  trailing?(): Trailing;
  /** Frees the resources; also after an error. May be called twice. */
  close(): void;
}

/** What follows compressed data: zeros, other data, or nothing. */
export type Trailing = 'zeros' | 'data' | null;

/** The largest piece of output in bytes: small enough to be in the cache when it is hashed. */
export const PIECE_BYTES = 128 * 1024;

type Fault = 'TRUNCATED' | 'CORRUPT' | 'TRAILING';
type DataErrorCode = Extract<ErrorCode, `ERR_LAYERS_${'GZIP' | 'ZSTD' | 'XZ' | 'BZIP2'}_${Fault}`>;

const HINTS: Readonly<Record<Fault, string>> = {
  TRUNCATED: 'the data ends too early: download or save it again',
  CORRUPT: 'the data is damaged: download or save it again',
  TRAILING: 'other data follows the compressed data: remove it, or create the file again',
};

/** Returns the error of damaged compressed data; `offset` counts compressed bytes. */
export function formatError(code: DataErrorCode, what: string, offset: number, cause?: unknown): LayersError {
  const [format = '', fault = ''] = code.slice('ERR_LAYERS_'.length).split('_');
  const message = `${format.toLowerCase()}: ${what} (compressed byte ${offset})`;
  const hint = fault === 'TRUNCATED' || fault === 'TRAILING' ? HINTS[fault] : HINTS.CORRUPT;
  return new LayersError(code, message, { hint, offset, cause });
}

/** Yields views of at most {@link PIECE_BYTES}. They are not Buffers, whose `slice` would not copy. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield new Uint8Array(bytes.buffer, bytes.byteOffset + at, Math.min(PIECE_BYTES, bytes.length - at));
  }
}
