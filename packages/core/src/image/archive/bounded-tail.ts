import { createTarParser } from '@layers/tar';
import { SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import { peekStream } from '../../io/streams.js';

/** The most bytes that are read after the end of the tar. Writers fill up their last record; more may never end. */
export const MAX_TRAILING_BYTES = 64 * 1024 * 1024;

/**
 * Passes on the bytes of an archive, and stops some time after its end: a pipe may never end. A compressed archive, whose end
 * is not known, is passed on as it is; so is one that is damaged, up to the same number of bytes.
 */
export async function* withBoundedTail(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, chunks } = await peekStream(source, SNIFF_BYTES);
  if (sniffCompression(head) !== null) {
    yield* chunks;
    return;
  }
  const parser = createTarParser({ onEntry: () => {} });
  let isDamaged = false;
  let trailingBytes = 0;
  for await (const chunk of chunks) {
    if (isDamaged || parser.ended) trailingBytes += chunk.length;
    if (trailingBytes > MAX_TRAILING_BYTES) return;
    yield chunk;
    if (isDamaged) continue;
    try {
      parser.write(chunk);
    } catch {
      // The reader of the archive reports it.
      isDamaged = true;
    }
  }
}
