import { createTarParser, type TarParser } from '@layers/tar';
import { openDecoder } from '../../compression/decompress-stream.js';
import { type Compression, SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import { peekStream } from '../../io/streams.js';

/** The most bytes that are read after the end of the tar. Writers fill up their last record; more may never end. */
export const MAX_TRAILING_BYTES = 64 * 1024 * 1024;

/** More than {@link MAX_TRAILING_BYTES} of tar can have as compressed data, so that it ends what yields no bytes of a tar. */
const MAX_STORED_TRAILING_BYTES = MAX_TRAILING_BYTES + 8 * 1024 * 1024;

/** Of a copy, a reader needs all that it reads itself. */
const COPY_MARGIN_BYTES = 8 * 1024 * 1024;

/** Padding of xz has a multiple of this length (xz file format, section 2.2). */
const PADDING_UNIT = 4;

/** Returns the start of a chunk that completes a unit of padding, after `bytes` bytes. */
function restOfUnit(chunk: Uint8Array, bytes: number): Uint8Array {
  return chunk.subarray(0, (PADDING_UNIT - (bytes % PADDING_UNIT)) % PADDING_UNIT);
}

/**
 * Ends the stored bytes of an archive some time after the end of its tar. A decoder reads padding after the compressed data,
 * of which it yields nothing, so that whoever reads the tar cannot stop it.
 */
export class TailLimit {
  /** Stored bytes since the last bytes of the tar. */
  #bytes = 0;

  /** Notes that bytes of the tar were read, or bytes after its end. */
  note(isAfterEnd: boolean): void {
    if (!isAfterEnd) this.#bytes = 0;
  }

  /** Passes on stored bytes while the limit is not reached. */
  async *limit(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of stored) {
      // A chunk may be larger than the limit.
      if (this.#bytes > MAX_STORED_TRAILING_BYTES) {
        yield restOfUnit(chunk, bytes);
        return;
      }
      this.#bytes += chunk.length;
      bytes += chunk.length;
      yield chunk;
    }
  }
}

/**
 * Passes on the bytes of an archive, compressed or not, and stops some time after its end: a pipe may never end. A damaged
 * archive is passed on up to the same number of bytes, so that its reader reports the damage.
 *
 * @param onChunk called after each chunk of an uncompressed tar
 */
export async function* withBoundedTail(
  source: AsyncIterable<Uint8Array>,
  onChunk: (isAfterEnd: boolean) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const { head, chunks } = await peekStream(source, SNIFF_BYTES);
  const compression = sniffCompression(head);
  if (compression !== null) {
    yield* compressedWithBoundedTail(chunks, compression);
    return;
  }
  const tail = new TarTail();
  for await (const chunk of chunks) {
    const trailingBytes = tail.trailingWith(chunk);
    if (trailingBytes > MAX_TRAILING_BYTES) return;
    yield chunk;
    tail.write(chunk);
    onChunk(tail.isEnded);
  }
}

/** Decompresses what it passes on, to find the end of the tar. */
async function* compressedWithBoundedTail(
  stored: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const decoder = await openDecoder(compression);
  const tail = new TarTail();
  let bytes = 0;
  let trailingBytes = 0;
  let tarBytes = 0;
  try {
    for await (const chunk of stored) {
      if (trailingBytes > MAX_STORED_TRAILING_BYTES + COPY_MARGIN_BYTES) {
        yield restOfUnit(chunk, bytes);
        return;
      }
      trailingBytes += chunk.length;
      bytes += chunk.length;
      yield chunk;
      try {
        for (const piece of decoder.feed(chunk)) {
          tarBytes = tail.trailingWith(piece);
          tail.write(piece);
          if (!tail.isEnded) trailingBytes = 0;
        }
      } catch {
        // The reader of the archive reports the damage, which is in what was passed on.
        return;
      }
      if (tarBytes > MAX_TRAILING_BYTES + COPY_MARGIN_BYTES) return;
    }
  } finally {
    decoder.close();
  }
}

/** Counts what follows the end of a tar, or an error in it, which the reader of the archive reports. */
class TarTail {
  readonly #parser: TarParser = createTarParser({ onEntry: () => {} });
  #isDamaged = false;
  #bytes = 0;

  get isEnded(): boolean {
    return this.#isDamaged || this.#parser.ended;
  }

  /** Returns the number of bytes after the end, those of a chunk that will be written included. */
  trailingWith({ length }: Uint8Array): number {
    if (this.isEnded) this.#bytes += length;
    return this.#bytes;
  }

  write(chunk: Uint8Array): void {
    if (this.#isDamaged) return;
    try {
      this.#parser.write(chunk);
    } catch {
      this.#isDamaged = true;
    }
  }
}
