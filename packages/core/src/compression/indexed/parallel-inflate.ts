import { availableParallelism } from 'node:os';
import { constants, inflateRaw, inflateRawSync } from 'node:zlib';
import type { SeekableBytes } from '@layers/tar';
import { crc32 } from '#core/compression/crc32.js';
import { pieces } from '../decoder.js';
import {
  type AccessPoint,
  type CompressedIndex,
  checkAt,
  type IndexedSpan,
  WINDOW_BYTES,
} from './compressed-index.js';
import { alignment } from './deflate-alignment.js';
import { SpanReader } from './span-reader.js';

/** How much is decompressed at once. A few times the distance of access points; what is ahead is held in memory. */
const PART_BYTES = 4 * 1024 * 1024;
/** A part of a blob with few access points is larger. */
const MOST_PART_BYTES = 16 * 1024 * 1024;
/** More would only hold more memory. */
const MOST_THREADS = 4;
/** After so many parts in turn that end before they should, the others are not tried. */
const MOST_FAILURES = 2;
const SEQUENTIAL_BYTES = 128 * 1024;

export interface ParallelOptions {
  /** Creates the error for data to which the index does not fit. */
  readonly notIndexed: (cause?: unknown) => Error;
  /** The least uncompressed bytes of a part. For tests. */
  readonly partBytes?: number;
  /** How many parts are decompressed at once. Default: one for each core, up to four. */
  readonly threads?: number;
}

/**
 * Yields the uncompressed bytes of a gzip blob, of which Node's thread pool decompresses several parts at once. Each span is
 * checked before bytes of it are yielded, so that no checksum of gzip is needed. Views of at most 128 KiB are valid until the next
 * one. Null for a blob that is better decompressed from its start.
 *
 * The generator throws `notIndexed`, and ERR_LAYERS_READ.
 *
 * @param stored the blob, which the generator closes
 */
export function inflateInParallel(
  stored: SeekableBytes & { close(): void },
  index: CompressedIndex,
  options: ParallelOptions,
): AsyncGenerator<Uint8Array> | null {
  const threads = options.threads ?? Math.min(MOST_THREADS, availableParallelism());
  if (index.compression !== 'gzip' || threads === 1) return null;
  const parts = partsOf(index, options.partBytes ?? PART_BYTES);
  return parts.length < 2 ? null : inflateParts(stored, index, parts, threads, options.notIndexed);
}

/** Spans that are decompressed together. */
interface Part {
  readonly point: AccessPoint;
  readonly spans: readonly IndexedSpan[];
  /** Position of the first byte in the uncompressed data. */
  readonly position: number;
  readonly size: number;
  /** Position in the blob behind the last byte that can be needed. */
  readonly storedEnd: number;
}

function partsOf({ spans, storedBytes }: CompressedIndex, partBytes: number): Part[] {
  const parts: Part[] = [];
  let position = 0;
  let current: { point: AccessPoint; spans: IndexedSpan[]; position: number; size: number } | null = null;
  for (const span of spans) {
    if (span.point !== null && (current === null || current.size >= partBytes)) {
      if (current !== null) parts.push({ ...current, storedEnd: span.point.stored });
      current = { point: span.point, spans: [], position, size: 0 };
    }
    if (current !== null) {
      current.spans.push(span);
      current.size += span.size;
    }
    position += span.size;
  }
  if (current !== null) parts.push({ ...current, storedEnd: storedBytes });
  return parts;
}

async function* inflateParts(
  stored: SeekableBytes & { close(): void },
  index: CompressedIndex,
  parts: readonly Part[],
  threads: number,
  notIndexed: ParallelOptions['notIndexed'],
): AsyncGenerator<Uint8Array> {
  const reader = new SpanReader(stored, index, notIndexed);
  const ahead: Promise<Uint8Array | null>[] = [];
  let failures = 0;
  let next = 0;
  try {
    for (const part of parts) {
      for (; failures < MOST_FAILURES && next < parts.length && ahead.length <= threads; next++)
        ahead.push(startPart(stored, parts[next]));
      const bytes = await (ahead.shift() ?? null);
      if (bytes === null) {
        failures += 1;
        next = Math.max(next, parts.indexOf(part) + 1);
        yield* sequentially(reader, part);
        continue;
      }
      failures = 0;
      checkSpans(bytes, part, notIndexed);
      yield* pieces(bytes);
    }
  } finally {
    // They use memory of this process.
    await Promise.allSettled(ahead);
    reader.close();
    stored.close();
  }
}

/** Decompresses a part in the thread pool; resolves to null where its data ends before its end, or is damaged. */
function startPart(stored: SeekableBytes, part: Part | undefined): Promise<Uint8Array | null> {
  if (part === undefined || part.size > MOST_PART_BYTES) return Promise.resolve(null);
  const { point, size, storedEnd } = part;
  const last = new Uint8Array(1);
  if (point.bits > 0) stored.read(last, point.stored - 1);
  const start = alignment(point.bits, last[0] ?? 0);
  const input = new Uint8Array(start.length + storedEnd - point.stored);
  input.set(start);
  stored.read(input.subarray(start.length), point.stored);
  const dictionary = windowOf(point);
  if (dictionary === null) return Promise.resolve(null);
  // One byte more, so that a single step is enough to see the end.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(64, size + 1) };
  return new Promise((resolve) => {
    inflateRaw(input, dictionary.length === 0 ? options : { ...options, dictionary }, (error, output) => {
      resolve(error === null && output.length >= size ? output.subarray(0, size) : null);
    });
  });
}

/** Returns the window of a point; null where it has another length. */
function windowOf({ window, memberBytes }: AccessPoint): Uint8Array | null {
  const expected = Math.min(memberBytes, WINDOW_BYTES);
  if (expected === 0) return new Uint8Array(0);
  try {
    const bytes = inflateRawSync(window, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: WINDOW_BYTES,
    });
    return bytes.length === expected ? bytes : null;
  } catch {
    return null;
  }
}

function checkSpans(bytes: Uint8Array, { spans, position }: Part, notIndexed: () => Error): void {
  let at = 0;
  for (const { size, check } of spans) {
    if (crc32(bytes.subarray(at, at + size), checkAt(position + at)) !== check) throw notIndexed();
    at += size;
  }
}

/** Yields a part that the pool cannot decompress: members end in it, or it has no access points. */
function* sequentially(reader: SpanReader, { position, size }: Part): Generator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const bytes = new Uint8Array(Math.min(SEQUENTIAL_BYTES, size - done));
    done += reader.read(bytes, position + done);
    yield bytes;
  }
}
