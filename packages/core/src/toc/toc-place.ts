import { type Digest, isDigest } from '../digest/digest.js';
import type { TocFormat } from './toc.js';

/** Where the TOC of a layer is in its blob. */
export interface TocPlace {
  readonly format: TocFormat;
  /** Position of the compressed TOC. */
  readonly start: number;
  /** Position after its last byte. */
  readonly end: number;
  /** What its digest must be; null where nothing declares one. */
  readonly digest: TocDigest | null;
}

export interface TocDigest {
  readonly value: Digest;
  /** Whether it is the digest of the TOC as stored, or of the JSON document. */
  readonly of: 'stored' | 'document';
}

/** Layers may have footers of these formats; the longest is that of zstd:chunked. */
export const FOOTER_BYTES = 72;

/** Annotations of layer descriptors (stargz-snapshotter, docs/estargz.md; containers/storage, docs). */
const ESTARGZ_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
const CONTAINERS = 'io.github.containers.zstd-chunked';
const STARGZ_ZSTD = 'io.containers.zstd-chunked';

/**
 * Returns what the annotations of a layer say about its TOC. `start` is null for eStargz: the place is in the footer. Null where
 * the annotations name no TOC with a digest.
 */
export function declaredToc(
  annotations: ReadonlyMap<string, string>,
  blobBytes: number,
): TocPlace | { readonly format: 'estargz'; readonly digest: TocDigest } | null {
  for (const prefix of [CONTAINERS, STARGZ_ZSTD]) {
    const position = annotations.get(`${prefix}.manifest-position`);
    const checksum = annotations.get(`${prefix}.manifest-checksum`);
    if (position === undefined || checksum === undefined || !isSha256(checksum)) continue;
    const match = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):1$/.exec(position);
    if (match === null) continue;
    const start = Number(match[1]);
    const end = start + Number(match[2]);
    const place = placeOf('zstd:chunked', start, end, blobBytes);
    if (place !== null) return { ...place, digest: { value: checksum, of: 'stored' } };
  }
  const digest = annotations.get(ESTARGZ_DIGEST);
  if (digest === undefined || !isSha256(digest)) return null;
  return { format: 'estargz', digest: { value: digest, of: 'document' } };
}

/**
 * Returns the place of the TOC that the last bytes of a blob name; null for a blob without one.
 *
 * @param tail the last bytes of the blob, {@link FOOTER_BYTES} or all
 */
export function tocInFooter(tail: Uint8Array, blobBytes: number): TocPlace | null {
  return estargzFooter(tail, blobBytes) ?? zstdFooter(tail, blobBytes);
}

/** The footer is an empty gzip member of 51 bytes whose extra field has 16 hexadecimal digits and a name. */
function estargzFooter(tail: Uint8Array, blobBytes: number): TocPlace | null {
  const footer = tail.subarray(-51);
  if (footer.length < 51 || footer[0] !== 0x1f || footer[1] !== 0x8b || footer[3] !== 4) return null;
  const field = Buffer.from(footer.subarray(12, 38)).toString('latin1');
  const match = /^SG\x16\x00([0-9a-f]{16})STARGZ$/.exec(field);
  if (match === null) return null;
  const place = placeOf('estargz', Number.parseInt(match[1] ?? '', 16), blobBytes - 51, blobBytes);
  return place === null ? null : { ...place, digest: null };
}

const SKIPPABLE_FRAME = 0x184d2a50;

/** Both writers of zstd:chunked end the blob with a skippable frame: of 64 bytes, or of 40 in stargz-snapshotter. */
function zstdFooter(tail: Uint8Array, blobBytes: number): TocPlace | null {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (const [bytes, magic] of [
    [64, 'GNUlInUx'],
    [40, 'GnUlInUx'],
  ] as const) {
    const at = tail.length - bytes;
    if (at < 8 || Buffer.from(tail.subarray(-8)).toString('latin1') !== magic) continue;
    if (view.getUint32(at - 8, true) !== SKIPPABLE_FRAME || view.getUint32(at - 4, true) !== bytes) continue;
    const number = (position: number): number => Number(view.getBigUint64(at + position * 8, true));
    if (number(3) !== 1) continue;
    const place = placeOf('zstd:chunked', number(0), number(0) + number(1), blobBytes);
    if (place !== null) return { ...place, digest: null };
  }
  return null;
}

function placeOf(
  format: TocFormat,
  start: number,
  end: number,
  blobBytes: number,
): Omit<TocPlace, 'digest'> | null {
  const isInside =
    Number.isSafeInteger(start) && Number.isSafeInteger(end) && start < end && end <= blobBytes;
  return isInside ? { format, start, end } : null;
}

function isSha256(text: string): text is Digest {
  return isDigest(text) && text.startsWith('sha256:');
}
