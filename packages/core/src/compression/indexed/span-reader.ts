import { isLayersError } from '@layers/errors';
import type { SeekableBytes } from '@layers/tar';
import { crc32 } from '#core/compression/crc32.js';
import { type AccessPoint, type CompressedIndex, checkAt, type IndexedSpan } from './compressed-index.js';
import { decodeFrom } from './decode-from.js';

/**
 * Reads uncompressed data span by span: holds one span, which was decompressed to its end and checked. The decoder stays
 * open, so the next span continues where it ended.
 */
export class SpanReader {
  readonly #stored: SeekableBytes;
  readonly #index: CompressedIndex;
  readonly #notIndexed: (cause?: unknown) => Error;
  /** Positions of the first bytes of the spans. */
  readonly #starts: readonly number[];
  #bytes = new Uint8Array(0);
  /** The number of the span in `#bytes`. */
  #held = -1;
  #decoding: Decoding | null = null;

  /** @param notIndexed creates the error for data to which the index does not fit */
  constructor(stored: SeekableBytes, index: CompressedIndex, notIndexed: (cause?: unknown) => Error) {
    this.#stored = stored;
    this.#index = index;
    this.#notIndexed = notIndexed;
    this.#starts = startsOf(index);
  }

  read(target: Uint8Array, position: number): number {
    let filled = 0;
    let number = this.#spanAt(position);
    while (filled < target.length) {
      const span = this.#index.spans[number];
      if (span === undefined) break;
      if (this.#held !== number) this.#load(number);
      const from = position + filled - (this.#starts[number] ?? 0);
      const part = this.#bytes.subarray(from, Math.min(span.size, from + target.length - filled));
      target.set(part, filled);
      filled += part.length;
      number += 1;
    }
    return filled;
  }

  close(): void {
    this.#decoding?.pieces.return(undefined);
    this.#decoding = null;
  }

  /** Returns the number of the span with a position; behind the end, that after the last one. */
  #spanAt(position: number): number {
    if (position >= this.#index.size) return this.#index.spans.length;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #load(number: number): void {
    this.#held = -1;
    try {
      const decoding = this.#decodingTo(number);
      while (decoding.next <= number) this.#decodeSpan(decoding);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#held = number;
  }

  /** Continues the decoder where it is nearer to a span than the nearest access point is. */
  #decodingTo(number: number): Decoding {
    const { spans } = this.#index;
    let first = number;
    while (first > 0 && spans[first]?.point === null) first -= 1;
    const current = this.#decoding;
    if (current !== null && current.next <= number && current.next >= first) return current;
    this.close();
    const point = spans[first]?.point;
    if (point === undefined || point === null) throw this.#notIndexed();
    const pieces = this.#pieces(point);
    this.#decoding = { pieces, rest: new Uint8Array(0), next: first };
    return this.#decoding;
  }

  *#pieces(point: AccessPoint): Generator<Uint8Array> {
    try {
      yield* decodeFrom(this.#stored, this.#index, point);
    } catch (error) {
      throw isOfData(error) ? this.#notIndexed(error) : error;
    }
  }

  #decodeSpan(decoding: Decoding): void {
    const span = this.#index.spans[decoding.next];
    if (span === undefined) throw this.#notIndexed();
    if (this.#bytes.length < span.size) this.#bytes = new Uint8Array(span.size);
    let filled = 0;
    let check = checkAt(this.#starts[decoding.next] ?? 0);
    while (filled < span.size) {
      if (decoding.rest.length === 0) {
        const step = decoding.pieces.next();
        if (step.done === true) throw this.#notIndexed();
        decoding.rest = step.value;
      }
      const part = decoding.rest.subarray(0, span.size - filled);
      this.#bytes.set(part, filled);
      check = crc32(part, check);
      filled += part.length;
      decoding.rest = decoding.rest.subarray(part.length);
    }
    if (check !== span.check) throw this.#notIndexed();
    decoding.next += 1;
  }
}

/** A decoder at the start of a span. */
interface Decoding {
  readonly pieces: Generator<Uint8Array, unknown, undefined>;
  /** The rest of the last piece. */
  rest: Uint8Array;
  /** The number of the span. */
  next: number;
}

function startsOf({ spans }: { readonly spans: readonly IndexedSpan[] }): number[] {
  const starts: number[] = [];
  let position = 0;
  for (const { size } of spans) {
    starts.push(position);
    position += size;
  }
  return starts;
}

function isOfData(error: unknown): boolean {
  return isLayersError(error) && /^ERR_LAYERS_(GZIP|ZSTD)_/.test(error.code);
}
