import { isLayersError, LayersError } from '@layers/errors';
import { portableDecoder } from '../compression/inflater.js';
import type { Digest } from '../digest/digest.js';
import { createDigester } from '../digest/digester.js';
import type { StoredChunk, TocChunk, TocEntry, TocFormat } from './toc.js';

/** The bytes of a blob, in any part. Each call is one request. */
export interface BlobRanges {
  /** For messages. */
  readonly name: string;
  /** Yields the bytes from `start` to before `end`. */
  range(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A chunk up to here is checked before any of its bytes is returned. Writers make chunks of at most 4 MiB. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** One request skips at most so many bytes that nobody needs. */
const MAX_GAP_BYTES = 64 * 1024;

const ZEROS = new Uint8Array(64 * 1024);

/**
 * Yields the content of a file of a TOC. Requests the parts of the blob that contain it: usually one. Checks each chunk, and the
 * whole content, against the digests that the TOC declares. Throws ERR_LAYERS_BLOB_MISMATCH, and what `range` throws.
 */
export async function* tocContent(
  blob: BlobRanges,
  format: TocFormat,
  { size, chunks, digest }: TocEntry,
): AsyncGenerator<Uint8Array> {
  const whole = digest === null || chunks.length === 1 ? null : createDigester();
  let passed = 0;
  for await (const piece of pieces(blob, format, chunks)) {
    passed += piece.length;
    whole?.update(piece);
    yield piece;
  }
  if (passed !== size) throw mismatch(blob, 'ends too early');
  if (whole !== null && whole.digest() !== digest) throw mismatch(blob, 'has not the digest of the file');
}

async function* pieces(
  blob: BlobRanges,
  format: TocFormat,
  chunks: readonly TocChunk[],
): AsyncGenerator<Uint8Array> {
  for (const run of runsOf(chunks)) {
    const [first] = run;
    if (first === undefined) continue;
    if (first.stored === null) {
      for (const { size } of run) yield* zeros(size);
      continue;
    }
    const reader = new ForwardReader(blob, first.stored.start, endOf(run));
    try {
      for (const member of membersOf(run)) yield* memberContent(blob, reader, format, member);
    } finally {
      await reader.close();
    }
  }
}

/** Chunks of the same gzip member or zstd frame. */
interface Member {
  readonly stored: StoredChunk;
  readonly chunks: readonly TocChunk[];
}

/** Splits chunks into runs that one request serves; zeros need none. */
function runsOf(chunks: readonly TocChunk[]): readonly TocChunk[][] {
  const runs: TocChunk[][] = [];
  let last: TocChunk | null = null;
  for (const chunk of chunks) {
    const run = runs.at(-1);
    if (run !== undefined && last !== null && follows(chunk, last)) run.push(chunk);
    else runs.push([chunk]);
    last = chunk;
  }
  return runs;
}

function follows({ stored }: TocChunk, { stored: before }: TocChunk): boolean {
  if (stored === null || before === null) return stored === before;
  if (stored.start === before.start) return true;
  return stored.start >= before.end && stored.start - before.end <= MAX_GAP_BYTES;
}

function endOf(run: readonly TocChunk[]): number {
  return run.at(-1)?.stored?.end ?? 0;
}

function membersOf(run: readonly TocChunk[]): readonly Member[] {
  const members: { readonly stored: StoredChunk; readonly chunks: TocChunk[] }[] = [];
  for (const chunk of run) {
    const { stored } = chunk;
    if (stored === null) continue;
    const last = members.at(-1);
    if (last?.stored.start === stored.start && isAfter(chunk, last.chunks)) last.chunks.push(chunk);
    else members.push({ stored, chunks: [chunk] });
  }
  return members;
}

function isAfter({ stored }: TocChunk, chunks: readonly TocChunk[]): boolean {
  const last = chunks.at(-1);
  return (stored?.inner ?? 0) >= (last?.stored?.inner ?? 0) + (last?.size ?? 0);
}

async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= ZEROS.length)
    yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
}

/** Yields the chunks of a member, each checked. Stops to decompress after the last one. */
async function* memberContent(
  blob: BlobRanges,
  reader: ForwardReader,
  format: TocFormat,
  { stored, chunks }: Member,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  let number = 0;
  let checked = startOf(chunks[0]);
  for await (const bytes of inflated(blob, reader, format, stored)) {
    for (let at = 0; at < bytes.length; ) {
      const chunk = chunks[number];
      if (chunk === undefined || checked === null) return;
      const skip = (chunk.stored?.inner ?? 0) - (position + at);
      if (skip > 0) {
        at += skip;
        continue;
      }
      const part = bytes.subarray(at, at + chunk.size - checked.bytes);
      at += part.length;
      yield* checked.add(part);
      if (checked.bytes < chunk.size) continue;
      yield* checked.end(blob);
      number++;
      checked = startOf(chunks[number]);
      if (checked === null) return;
    }
    position += bytes.length;
  }
  if (number < chunks.length) throw mismatch(blob, 'ends too early');
}

function startOf(chunk: TocChunk | undefined): CheckedChunk | null {
  return chunk === undefined ? null : new CheckedChunk(chunk);
}

/** Holds the bytes of a chunk until its digest was checked; a large one is checked at its end. */
class CheckedChunk {
  bytes = 0;
  readonly #digest: Digest | null;
  readonly #digester = createDigester();
  readonly #held: Uint8Array[] = [];
  readonly #isHeld: boolean;

  constructor({ size, digest }: TocChunk) {
    this.#digest = digest;
    this.#isHeld = digest !== null && size <= MAX_HELD_BYTES;
  }

  *add(part: Uint8Array): Generator<Uint8Array> {
    this.bytes += part.length;
    if (this.#digest !== null) this.#digester.update(part);
    if (this.#isHeld) this.#held.push(part.slice());
    else yield part;
  }

  *end(blob: BlobRanges): Generator<Uint8Array> {
    if (this.#digest !== null && this.#digester.digest() !== this.#digest)
      throw mismatch(blob, 'has not the digest of the chunk');
    yield* this.#held;
  }
}

async function* inflated(
  blob: BlobRanges,
  reader: ForwardReader,
  format: TocFormat,
  { start, end }: StoredChunk,
): AsyncGenerator<Uint8Array> {
  const decoder = portableDecoder(format === 'estargz' ? 'gzip' : 'zstd', { ignoreTrailing: true });
  try {
    for await (const chunk of reader.part(start, end)) yield* decoder.feed(chunk);
    yield* decoder.finish();
  } catch (error) {
    if (isLayersError(error) && /^ERR_LAYERS_(GZIP|ZSTD)_/.test(error.code))
      throw mismatch(blob, 'cannot be decompressed', error);
    throw error;
  } finally {
    decoder.close();
  }
}

/** Reads parts of one range, one after the other. */
class ForwardReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #position: number;
  #rest = new Uint8Array(0);

  constructor(blob: BlobRanges, start: number, end: number) {
    this.#chunks = blob.range(start, end)[Symbol.asyncIterator]();
    this.#position = start;
  }

  async *part(start: number, end: number): AsyncGenerator<Uint8Array> {
    while (this.#position < end) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done === true) return;
        // The next request to the iterator may overwrite it.
        this.#rest = value.slice();
        continue;
      }
      const skip = Math.min(this.#rest.length, Math.max(0, start - this.#position));
      const take = Math.min(this.#rest.length, end - this.#position);
      const part = this.#rest.subarray(skip, take);
      this.#rest = this.#rest.subarray(take);
      this.#position += take;
      if (part.length > 0) yield part;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function mismatch({ name }: BlobRanges, problem: string, cause?: unknown): LayersError {
  return new LayersError(
    'ERR_LAYERS_BLOB_MISMATCH',
    `a content of ${name}, which its table of contents describes, ${problem}`,
    { hint: 'the layer and its table of contents disagree: read the whole layer', cause },
  );
}
