import { setImmediate } from 'node:timers/promises';
import type { ContentBatches, ContentEvent } from './scanned-source.js';

/** A step through contents in which holes are still counts of zeros. */
export type SparseEvent = ContentEvent | { readonly zeros: number };

const ZEROS = new Uint8Array(64 * 1024);

/** Holes as the zeros that they stand for. */
export function* withZeros(pieces: readonly SparseEvent[]): Generator<ContentEvent> {
  for (const piece of pieces) {
    if (!('zeros' in piece)) yield piece;
    else {
      for (let left = piece.zeros; left > 0; left -= Math.min(left, ZEROS.length)) {
        yield { bytes: ZEROS.subarray(0, Math.min(left, ZEROS.length)) };
      }
    }
  }
}

const TURN_BYTES = 4 * 1024 * 1024;
const TURN_EVENTS = 2000;

/** Steps that are made at once, in batches between which other work is done: signals want to be heard. */
export async function* inBatches(events: Generator<ContentEvent, void, undefined>): ContentBatches {
  let done = false;
  function* batch(): Generator<ContentEvent> {
    for (let steps = 0, bytes = 0; steps < TURN_EVENTS && bytes < TURN_BYTES; steps++) {
      const next = events.next();
      if (next.done === true) {
        done = true;
        return;
      }
      if ('bytes' in next.value) bytes += next.value.bytes.length;
      yield next.value;
    }
  }
  try {
    while (!done) {
      yield batch();
      await setImmediate();
    }
  } finally {
    events.return();
  }
}
