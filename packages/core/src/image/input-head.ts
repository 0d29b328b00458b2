import type { Compression } from '../compression/sniff.js';
import type { SyncByteSource } from '../io/byte-source.js';
import { MAGIC_BYTES } from './other-content/magic-numbers.js';

/** The first bytes of an input, decompressed, for the explanation of an error. */
export interface Head {
  readonly compression: Compression | null;
  bytes(): Uint8Array;
  /** Keeps the first bytes of a stream that passes. */
  keep(stream: AsyncIterable<Uint8Array>, compression: Compression | null): AsyncIterable<Uint8Array>;
}

/** @param source null for a stream, whose first bytes are kept as they pass */
export function createHead(source: SyncByteSource | null): Head {
  const pieces: Uint8Array[] = [];
  let kept: { readonly compression: Compression | null } | null = null;
  return {
    get compression() {
      return kept?.compression ?? null;
    },
    bytes() {
      if (kept !== null || source === null) return Buffer.concat(pieces);
      const bytes = new Uint8Array(MAGIC_BYTES);
      return bytes.subarray(0, source.read(bytes, 0));
    },
    async *keep(stream, compression) {
      kept = { compression };
      let length = 0;
      for await (const chunk of stream) {
        if (length < MAGIC_BYTES) {
          const piece = new Uint8Array(chunk.subarray(0, MAGIC_BYTES - length));
          pieces.push(piece);
          length += piece.length;
        }
        yield chunk;
      }
    },
  };
}
