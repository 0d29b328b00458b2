import { constants, deflateRawSync } from 'node:zlib';
import { isLayersError, LayersError } from '@layers/errors';
import { decompressStream } from '../../compression/decompress-stream.js';
import { decodeFrom } from '../../compression/indexed/decode-from.js';
import { digestOf } from '../../digest/digester.js';
import { type Changeset, dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import type { BlobRanges, Ztoc, ZtocSpan } from '../../toc/index.js';
import type { LayerContents } from './layer-contents.js';

/** The most compressed bytes that one request reads into memory, if a single span does not have more. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** A hostile index could have one span for a whole layer. */
const MAX_SPAN_BYTES = 256 * 1024 * 1024;

/** Returns the contents of a gzip layer with an index of SOCI. Each span is checked against its digest. */
export function ztocContents(
  changeset: Changeset,
  ztoc: Ztoc,
  layer: { readonly size: number; readonly blob: BlobRanges; readonly stored: LayerContents['stored'] },
): LayerContents {
  return {
    async *content(entry) {
      const start = dataOffsetOf(changeset, entry);
      const end = start + storedSizeOf(changeset, entry);
      let position = start;
      while (position < end) {
        const batch = batchAt(ztoc, position, end, layer.size);
        const bytes = await spanBytes(batch, layer.blob);
        try {
          for (const piece of decodedPart(batch, bytes, position, layer.size)) {
            position += piece.length;
            yield piece;
          }
        } catch (error) {
          if (!isOfGzip(error)) throw error;
          // The points do not say where members start, so that the end of a later one cannot be checked.
          yield* partFromStart(layer.stored(), position, end);
          return;
        }
      }
    },
    declaredDigest: () => null,
    stored: layer.stored,
  };
}

/** Spans that follow each other. */
interface Batch {
  readonly spans: readonly ZtocSpan[];
  /** Where each of them starts in the blob, and where the last one ends. */
  readonly bounds: readonly number[];
  /** The position in the uncompressed data up to which they are enough. */
  readonly end: number;
}

function batchAt({ spans, tarBytes }: Ztoc, position: number, end: number, blobBytes: number): Batch {
  const first = spans.findLastIndex(({ start }) => start <= position);
  const chosen: ZtocSpan[] = [];
  const bounds: number[] = [];
  for (let i = first; ; i++) {
    const span = spans[i];
    const next = spans[i + 1];
    if (span === undefined)
      return { spans: chosen, bounds: [...bounds, blobBytes], end: Math.min(end, tarBytes) };
    const start = span.bits === 0 ? span.stored : span.stored - 1;
    const stop = next?.stored ?? blobBytes;
    if (stop - start > MAX_SPAN_BYTES) throw tooLarge();
    chosen.push(span);
    bounds.push(start);
    const isEnough = next === undefined || next.start >= end || stop - (bounds[0] ?? 0) >= BATCH_BYTES;
    if (isEnough)
      return { spans: chosen, bounds: [...bounds, stop], end: Math.min(end, next?.start ?? tarBytes) };
  }
}

/** Reads the spans by one request, and checks each. */
async function spanBytes({ spans, bounds }: Batch, blob: BlobRanges): Promise<Uint8Array> {
  const [from = 0] = bounds;
  const to = bounds.at(-1) ?? from;
  const pieces: Uint8Array[] = [];
  for await (const piece of blob.range(from, to)) pieces.push(piece.slice());
  const bytes = Buffer.concat(pieces);
  for (const [i, { stored, digest }] of spans.entries()) {
    // A span ends where the next one has its first whole byte.
    const stop = spans[i + 1]?.stored ?? to;
    const start = bounds[i] ?? stored;
    if (digestOf(bytes.subarray(start - from, stop - from)) !== digest) throw mismatch(blob);
  }
  return bytes;
}

/** Yields the uncompressed bytes from `position` to the end of the batch. */
function* decodedPart(
  { spans, bounds, end }: Batch,
  bytes: Uint8Array,
  position: number,
  blobBytes: number,
): Generator<Uint8Array> {
  const [span] = spans;
  const [from = 0] = bounds;
  if (span === undefined) return;
  const stored = {
    size: blobBytes,
    read(target: Uint8Array, at: number): number {
      const part = bytes.subarray(Math.max(0, at - from), Math.max(0, at - from + target.length));
      target.set(part);
      return part.length;
    },
  };
  const window =
    span.window.length === 0
      ? span.window
      : deflateRawSync(span.window, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
  const point = { stored: span.stored, bits: span.bits, memberBytes: span.start, window };
  let at = span.start;
  for (const piece of decodeFrom(stored, { compression: 'gzip', storedBytes: blobBytes }, point)) {
    const part = piece.subarray(Math.max(0, position - at), Math.max(0, end - at));
    at += piece.length;
    if (part.length > 0) yield part.slice();
    if (at >= end) return;
  }
}

/** Yields the uncompressed bytes from `position` to before `end`, decompressed from the start of the layer. */
async function* partFromStart(
  stored: AsyncIterable<Uint8Array>,
  position: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of decompressStream(stored, 'gzip', { ignoreTrailing: true })) {
    const part = piece.subarray(Math.max(0, position - at), Math.max(0, end - at));
    at += piece.length;
    if (part.length > 0) yield part.slice();
    if (at >= end) return;
  }
}

function isOfGzip(error: unknown): boolean {
  return isLayersError(error) && error.code.startsWith('ERR_LAYERS_GZIP_');
}

function tooLarge(): LayersError {
  return new LayersError('ERR_LAYERS_LIMIT', `a span of the index has more than ${MAX_SPAN_BYTES} bytes`, {
    hint: 'the index may be malicious: read the whole layer',
  });
}

function mismatch({ name }: BlobRanges): LayersError {
  return new LayersError(
    'ERR_LAYERS_BLOB_MISMATCH',
    `a part of ${name} has not the digest that its index (SOCI) declares`,
    { hint: 'the layer and its index disagree: read the whole layer' },
  );
}
