import type { TarEntry } from '@layers/tar';
import { type Digest, isDigest } from '../digest/digest.js';
import { FlatTable } from './flat-table.js';
import { InvalidToc } from './invalid-toc.js';
import { parseTime } from './parse-time.js';
import { tocTarEntry } from './toc-changeset.js';
import { typeOf } from './toc-types.js';

/** The index that SOCI has of a gzip layer, which stays as it is: its entries, and where decompression can start. */
export interface Ztoc {
  readonly entries: readonly TarEntry[];
  readonly tarBytes: number;
  readonly spans: readonly ZtocSpan[];
}

/** A part of the layer that is decompressed from its start. */
export interface ZtocSpan {
  /** Position in the uncompressed data. */
  readonly start: number;
  /** Position in the blob of the first whole byte. */
  readonly stored: number;
  /** How many high bits of the byte before belong to the span as well: 0 to 7. */
  readonly bits: number;
  /** The last 32 KiB before it, or less near the start. */
  readonly window: Uint8Array;
  /** Of its bytes as stored, from the byte with the first bits to the start of the next span. */
  readonly digest: Digest;
}

const GZIP = 1;
const WINDOW_BYTES = 32 * 1024;
/** int32 number of spans, int64 distance of spans. */
const HEADER_BYTES = 12;
/** int64 position in the blob, int64 position in the data, one byte of bits, window. */
const POINT_BYTES = 17 + WINDOW_BYTES;
const GZIP_HEADER_BYTES = 10;
const BLOCK_BYTES = 512;

/**
 * Parses a zTOC (soci-snapshotter, ztoc/fbs/ztoc.fbs).
 *
 * @param blobBytes size of the layer as stored
 * @throws InvalidToc
 */
export function parseZtoc(bytes: Uint8Array, blobBytes: number): Ztoc {
  const root = FlatTable.root(bytes);
  const toc = root.table(4);
  const compression = root.table(5);
  if (toc === null || compression === null) throw new InvalidToc('it is not a zTOC');
  if (root.long(2) !== blobBytes) throw new InvalidToc('it is of a layer of another size');
  if (compression.byte(0, GZIP) !== GZIP) throw new InvalidToc('its layer is not compressed with gzip');
  const tarBytes = root.long(3);
  const entries: TarEntry[] = [];
  let headerOffset = 0;
  for (const file of toc.tables(0)) {
    const entry = parseFile(file, headerOffset);
    headerOffset = entry.dataOffset + Math.ceil(entry.storedSize / BLOCK_BYTES) * BLOCK_BYTES;
    if (entry.dataOffset + entry.storedSize > tarBytes)
      throw new InvalidToc('a file is outside of the layer');
    entries.push(entry);
  }
  const spans = parseSpans(compression, { blobBytes, tarBytes });
  return { entries, tarBytes, spans };
}

function parseFile(file: FlatTable, headerOffset: number): TarEntry {
  const type = typeOf(file.text(1));
  if (type === undefined) throw new InvalidToc(`an entry has the type ${file.text(1)}`);
  const dataOffset = file.long(2);
  const declared = file.long(3);
  if (dataOffset < headerOffset + BLOCK_BYTES) throw new InvalidToc('its files overlap');
  const { seconds, nanoseconds } = parseTime(file.text(10));
  const size = type === 'file' ? declared : 0;
  const entry = tocTarEntry(
    {
      type,
      name: file.bytes(0),
      linkName: file.bytes(4),
      size,
      mode: file.long(5) & 0o7777,
      uid: file.unsigned(6),
      gid: file.unsigned(7),
      mtime: seconds,
      mtimeNs: nanoseconds,
      devMajor: file.long(11),
      devMinor: file.long(12),
      xattrs: xattrsOf(file.tables(13)),
    },
    headerOffset,
  );
  return { ...entry, dataOffset, storedSize: declared };
}

const XATTR = 'SCHILY.xattr.';

/** Returns the extended attributes among the PAX records of an entry. */
function xattrsOf(records: readonly FlatTable[]): ReadonlyMap<string, Uint8Array> | null {
  const xattrs = new Map<string, Uint8Array>();
  for (const record of records) {
    const key = Buffer.from(record.bytes(0)).toString('latin1');
    // The size of a sparse file says nothing about where the next file is.
    if (key.startsWith('GNU.sparse.')) throw new InvalidToc('it has a sparse file');
    if (key.startsWith(XATTR)) xattrs.set(key.slice(XATTR.length), record.bytes(1));
  }
  return xattrs.size === 0 ? null : xattrs;
}

interface Sizes {
  readonly blobBytes: number;
  readonly tarBytes: number;
}

function parseSpans(compression: FlatTable, { blobBytes, tarBytes }: Sizes): readonly ZtocSpan[] {
  const points = compression.bytes(3);
  const view = new DataView(points.buffer, points.byteOffset, points.length);
  const digests = compression.texts(2);
  const count = points.length < HEADER_BYTES ? -1 : view.getInt32(0, true);
  const kept = (points.length - HEADER_BYTES) / POINT_BYTES;
  // The first version leaves out the first point, which it takes to be behind a header without fields.
  const left = count - kept;
  if (count < 1 || count !== digests.length || (left !== 0 && left !== 1))
    throw new InvalidToc('its points have another number than its digests');
  const spans: ZtocSpan[] = [];
  for (const [i, digest] of digests.entries()) {
    if (!isDigest(digest) || !digest.startsWith('sha256:'))
      throw new InvalidToc('the digest of a span is not SHA-256');
    const at = HEADER_BYTES + (i - left) * POINT_BYTES;
    const isLeftOut = i < left;
    const stored = isLeftOut ? GZIP_HEADER_BYTES : Number(view.getBigInt64(at, true));
    const start = isLeftOut ? 0 : Number(view.getBigInt64(at + 8, true));
    const bits = isLeftOut ? 0 : view.getUint8(at + 16);
    const last = spans.at(-1);
    const isAfter = last === undefined ? start === 0 : start > last.start && stored > last.stored;
    if (!isAfter || stored < 1 || stored > blobBytes || start > tarBytes || bits > 7)
      throw new InvalidToc('its points are not in order, or outside of the layer');
    const windowBytes = Math.min(start, WINDOW_BYTES);
    const end = at + POINT_BYTES;
    const window = isLeftOut ? new Uint8Array(0) : points.subarray(end - windowBytes, end);
    spans.push({ start, stored, bits, window, digest });
  }
  return spans;
}
