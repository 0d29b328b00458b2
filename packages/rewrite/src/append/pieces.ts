import type { ContentEvent } from './gathered.js';

/** A step through contents in which holes are still counts of zeros. */
export type Piece = ContentEvent | { readonly zeros: number };

const ZEROS = new Uint8Array(64 * 1024);

/** Holes as the zeros that they stand for. */
export function* withZeros(pieces: readonly Piece[]): Generator<ContentEvent> {
  for (const piece of pieces) {
    if (!('zeros' in piece)) yield piece;
    else {
      for (let left = piece.zeros; left > 0; left -= Math.min(left, ZEROS.length)) {
        yield { bytes: ZEROS.subarray(0, Math.min(left, ZEROS.length)) };
      }
    }
  }
}
