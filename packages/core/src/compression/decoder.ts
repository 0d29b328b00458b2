import { LayersError } from '@layers/tar';

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

type Format = 'GZIP' | 'ZSTD' | 'XZ' | 'BZIP2';
type Trouble = 'TRUNCATED' | 'CORRUPT' | 'TRAILING';

const HINTS: Readonly<Record<Trouble, string>> = {
  TRUNCATED: 'the data ends too early: download or save it again',
  CORRUPT: 'the data is damaged: download or save it again',
  TRAILING: 'something follows the end of the compressed data: remove it, or make the file again',
};

/** The error of a format; `offset` counts compressed bytes and says where the trouble is or shows itself. */
export function formatError(
  format: Format,
  trouble: Trouble,
  what: string,
  offset: number,
  cause?: unknown,
): LayersError {
  const message = `${format.toLowerCase()}: ${what} (compressed byte ${offset})`;
  return new LayersError(`ERR_LAYERS_${format}_${trouble}`, message, { hint: HINTS[trouble], offset, cause });
}

/** `bytes` in views of at most {@link PIECE_BYTES}; no Buffers, whose `slice` does not copy as others' does. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield new Uint8Array(bytes.buffer, bytes.byteOffset + at, Math.min(PIECE_BYTES, bytes.length - at));
  }
}
