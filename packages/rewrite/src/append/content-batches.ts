import { runEventLoop } from '@layers/core/io';

/** The start of an entry's content, or its next bytes, which hold until the next step. */
export type ContentEvent = { readonly start: number } | { readonly bytes: Uint8Array };

/**
 * Contents in batches. The consumer reads all events of a batch before it requests the next one. A batch may end
 * anywhere in a content.
 */
export type ContentBatches = AsyncGenerator<Iterable<ContentEvent>, void, undefined>;

/** A content event, or a number of zero bytes in a hole of a sparse file. */
export type SparseEvent = ContentEvent | { readonly zeros: number };

const ZEROS = new Uint8Array(64 * 1024);

/** Replaces holes by bytes. */
export function* withZeros(events: readonly SparseEvent[]): Generator<ContentEvent> {
  for (const event of events) {
    if (!('zeros' in event)) yield event;
    else {
      for (let left = event.zeros; left > 0; left -= Math.min(left, ZEROS.length)) {
        yield { bytes: ZEROS.subarray(0, Math.min(left, ZEROS.length)) };
      }
    }
  }
}

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_EVENTS = 2000;

/** Groups events into batches, and runs the event loop between them. */
export async function* inBatches(events: Generator<ContentEvent, void, undefined>): ContentBatches {
  let done = false;
  function* batch(): Generator<ContentEvent> {
    for (let count = 0, bytes = 0; count < BATCH_EVENTS && bytes < BATCH_BYTES; count++) {
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
      await runEventLoop();
    }
  } finally {
    events.return();
  }
}
