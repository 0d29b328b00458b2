import { type ErrorCode, LayersError } from '@layers/errors';

/**
 * The inside of every decompressor here: synchronous, pulled, in pieces of at most {@link PIECE_BYTES}.
 * A piece is a view that stays valid until the next one is asked for. Whoever stops early just stops pulling,
 * so memory stays the same whatever the ratio of the data.
 */
export interface Decoder {
  readonly engine: string;
  /** Decodes one chunk. The chunk is not kept once all pieces were taken. */
  feed(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Says that the input is over. Throws where the stream is not complete. */
  finish(): Iterable<Uint8Array>;
  /** Frees what the decoder holds; also after an error. May be called twice. */
  close(): void;
}

/** The most bytes that one piece of output has. Small enough to be still in cache when it is hashed. */
export const PIECE_BYTES = 128 * 1024;

type Trouble = 'TRUNCATED' | 'CORRUPT' | 'TRAILING';
type DataErrorCode = Extract<ErrorCode, `ERR_LAYERS_${'GZIP' | 'ZSTD' | 'XZ' | 'BZIP2'}_${Trouble}`>;

const HINTS: Readonly<Record<Trouble, string>> = {
  TRUNCATED: 'the data ends too early: download or save it again',
  CORRUPT: 'the data is damaged: download or save it again',
  TRAILING: 'other data follows the compressed data: remove it, or create the file again',
};

/** Returns the error of damaged compressed data; `offset` counts compressed bytes. */
export function formatError(code: DataErrorCode, what: string, offset: number, cause?: unknown): LayersError {
  const [format = '', trouble = ''] = code.slice('ERR_LAYERS_'.length).split('_');
  const message = `${format.toLowerCase()}: ${what} (compressed byte ${offset})`;
  const hint = trouble === 'TRUNCATED' || trouble === 'TRAILING' ? HINTS[trouble] : HINTS.CORRUPT;
  return new LayersError(code, message, { hint, offset, cause });
}

/** `bytes` in views of at most {@link PIECE_BYTES}; no Buffers, whose `slice` does not copy as others' does. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield new Uint8Array(bytes.buffer, bytes.byteOffset + at, Math.min(PIECE_BYTES, bytes.length - at));
  }
}
