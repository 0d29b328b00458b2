import { LayersError } from '@layers/errors';
import { createSparseExpander, type SeekableBytes } from '@layers/tar';
import type { CompressedIndex } from '../../compression/indexed/compressed-index.js';
import { SpanReader } from '../../compression/indexed/span-reader.js';
import { type Changeset, dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import type { BlobRanges } from '../../toc/index.js';
import type { LayerContents } from './layer-contents.js';

/** The least compressed bytes that are held in memory for one request, if a content needs so many. */
const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Returns the contents of a layer whose access points are known, or that is not compressed.
 *
 * @param index null for a layer without compression; undefined for one that can only be read from its start
 */
export function indexedContents(
  changeset: Changeset,
  index: CompressedIndex | null | undefined,
  blob: BlobRanges,
  stored: LayerContents['stored'],
): LayerContents {
  return {
    content(entry) {
      if (index === undefined) return null;
      const start = dataOffsetOf(changeset, entry);
      const end = start + storedSizeOf(changeset, entry);
      const bytes = index === null ? rawPart(blob, start, end) : inflatedPart(blob, index, start, end);
      return expanded(changeset, entry, bytes);
    },
    declaredDigest: () => null,
    stored,
  };
}

async function* rawPart(blob: BlobRanges, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start < end) yield* blob.range(start, end);
}

/** Yields uncompressed bytes from `start` to before `end`, each span checked. One request is for as many spans as fit in a batch. */
async function* inflatedPart(
  blob: BlobRanges,
  index: CompressedIndex,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; ) {
    const batch = batchAt(index, position, end);
    const pieces: Uint8Array[] = [];
    for await (const piece of blob.range(batch.storedStart, batch.storedEnd)) pieces.push(piece.slice());
    const window = openWindow(Buffer.concat(pieces), batch.storedStart, index.storedBytes);
    const reader = new SpanReader(window, index, (cause) => otherBytes(blob, cause));
    try {
      while (position < batch.end) {
        const bytes = new Uint8Array(Math.min(batch.end - position, 256 * 1024));
        const count = reader.read(bytes, position);
        if (count === 0) throw otherBytes(blob);
        position += count;
        yield bytes.subarray(0, count);
      }
    } finally {
      reader.close();
    }
  }
}

interface Batch {
  /** The part of the blob. */
  readonly storedStart: number;
  readonly storedEnd: number;
  /** Position in the uncompressed data up to which it is enough. */
  readonly end: number;
}

/** Returns the spans to request for the bytes from `position` to `end`, or for the first of them. */
function batchAt({ spans, storedBytes }: CompressedIndex, position: number, end: number): Batch {
  let spanEnd = 0;
  let storedStart = 0;
  for (const { size, point } of spans) {
    const spanStart = spanEnd;
    spanEnd += size;
    if (point !== null) {
      if (spanStart <= position) storedStart = Math.max(0, point.stored - 1);
      else if (spanStart >= end || point.stored - storedStart >= BATCH_BYTES)
        return { storedStart, storedEnd: point.stored, end: Math.min(end, spanStart) };
    }
  }
  return { storedStart, storedEnd: storedBytes, end };
}

/** Returns a part of a blob as bytes at their positions in the blob. */
function openWindow(bytes: Uint8Array, start: number, size: number): SeekableBytes {
  return {
    size,
    read(target, position) {
      const from = position - start;
      if (from < 0) return 0;
      const part = bytes.subarray(from, from + target.length);
      target.set(part);
      return part.length;
    },
  };
}

function otherBytes({ name }: BlobRanges, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `${name} is not the layer that was read before`, {
    hint: 'read it again without the cache',
    cause,
  });
}

/** Yields a content from its stored bytes. */
async function* expanded(
  changeset: Changeset,
  entry: number,
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const sparse = changeset.sparse.get(entry)?.sparse ?? null;
  if (sparse === null) {
    yield* stored;
    return;
  }
  const pieces: (Uint8Array | number)[] = [];
  const expander = createSparseExpander(
    {
      size: changeset.size[entry] ?? 0,
      sparse,
      storedSize: storedSizeOf(changeset, entry),
      dataOffset: dataOffsetOf(changeset, entry),
    },
    (bytes) => void pieces.push(bytes.slice()),
    (bytes) => void pieces.push(bytes),
  );
  for await (const chunk of stored) {
    expander.write(chunk);
    for (const piece of pieces.splice(0)) yield* filled(piece);
  }
  expander.end();
  for (const piece of pieces) yield* filled(piece);
}

const ZEROS = new Uint8Array(64 * 1024);

function* filled(piece: Uint8Array | number): Generator<Uint8Array> {
  if (typeof piece !== 'number') {
    yield piece;
    return;
  }
  for (let left = piece; left > 0; left -= ZEROS.length)
    yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
}
