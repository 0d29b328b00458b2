import type { LayerCache } from '@layers/core/image';
import type { Descriptor } from '@layers/core/oci';
import {
  type BlobRanges,
  declaredToc,
  FOOTER_BYTES,
  InvalidToc,
  isTocHidden,
  lastContentStart,
  MAX_TOC_BYTES,
  readToc,
  type Toc,
  type TocDigest,
  type TocPlace,
  tocInFooter,
  withDocument,
} from '@layers/core/toc';

/** The end of a layer of eStargz is fetched with the footer: the TOC is there, and has about so large a part of the layer. */
const TAIL_SHARE = 256;
const LEAST_TAIL_BYTES = 16 * 1024;
const MOST_TAIL_BYTES = 1024 * 1024;

/** The position, and whether the TOC is a file of the layer, are kept before the bytes of a TOC. */
const POSITION_BYTES = 9;

/**
 * Fetches the TOC that the descriptor of a layer declares: from the cache, else by one request, or two for eStargz with a large
 * TOC. Null where none is declared. Throws InvalidToc, and what `range` throws.
 */
export async function fetchToc(
  { annotations, size }: Pick<Descriptor, 'annotations' | 'size'>,
  blob: BlobRanges,
  cache: LayerCache | undefined,
): Promise<Toc | null> {
  const declared = declaredToc(annotations, size);
  if (declared === null || declared.digest === null) return null;
  const { digest } = declared;
  if ('start' in declared && declared.end - declared.start > MAX_TOC_BYTES)
    throw new InvalidToc(`it has more than ${MAX_TOC_BYTES} bytes`);
  const kept = cache === undefined ? null : keptToc(cache, digest, declared.format, size);
  if (kept !== null) return tocOf(kept);
  const fetched =
    'start' in declared
      ? {
          place: declared,
          stored: await bytesIn(blob, declared.start, declared.end),
          before: new Uint8Array(0),
        }
      : await fetchTail(blob, size, digest);
  if (fetched === null) return null;
  const { place, stored } = fetched;
  const toc = readToc(stored, place);
  const isHidden = toc.document !== null && (await isHiddenIn(toc, fetched, blob));
  const position = Buffer.alloc(POSITION_BYTES);
  position.writeDoubleLE(place.start);
  position[POSITION_BYTES - 1] = isHidden ? 1 : 0;
  cache?.keepToc(digest.value, Buffer.concat([position, stored]));
  return isHidden ? toc : withDocument(toc);
}

function tocOf({ stored, place, isHidden }: StoredToc & { readonly isHidden: boolean }): Toc {
  const toc = readToc(stored, place);
  return isHidden ? toc : withDocument(toc);
}

/** Looks at what is between the last content and the TOC, which usually came with the TOC. */
async function isHiddenIn(toc: Toc, { place, before }: FetchedToc, blob: BlobRanges): Promise<boolean> {
  const start = lastContentStart(toc);
  const missing = place.start - start - before.length;
  if (missing > MAX_TOC_BYTES) throw new InvalidToc('its last content is too far before it');
  const bytes =
    missing > 0
      ? Buffer.concat([await bytesIn(blob, start, start + missing), before])
      : before.subarray(before.length - (place.start - start));
  return isTocHidden(toc, bytes);
}

interface StoredToc {
  readonly place: TocPlace;
  readonly stored: Uint8Array;
}

interface FetchedToc extends StoredToc {
  /** The bytes before the TOC that came with it. */
  readonly before: Uint8Array;
}

/** What the cache has is checked as what the registry sends. */
function keptToc(
  cache: LayerCache,
  digest: TocDigest,
  format: TocPlace['format'],
  blobBytes: number,
): (StoredToc & { readonly isHidden: boolean }) | null {
  const bytes = cache.toc(digest.value);
  if (bytes === null || bytes.length < POSITION_BYTES) return null;
  const start = Buffer.from(bytes.subarray(0, POSITION_BYTES)).readDoubleLE();
  const isHidden = bytes[POSITION_BYTES - 1] === 1;
  const stored = bytes.subarray(POSITION_BYTES);
  const end = start + stored.length;
  // Another layer can have the same TOC at another place.
  if (!Number.isSafeInteger(start) || start < 0 || end > blobBytes) return null;
  return { place: { format, start, end, digest }, stored, isHidden };
}

async function fetchTail(blob: BlobRanges, size: number, digest: TocDigest): Promise<FetchedToc | null> {
  const guess = Math.min(MOST_TAIL_BYTES, Math.max(LEAST_TAIL_BYTES, Math.ceil(size / TAIL_SHARE)));
  const tailStart = Math.max(0, size - guess);
  const tail = await bytesIn(blob, tailStart, size);
  const found = tocInFooter(tail.subarray(-FOOTER_BYTES), size);
  if (found === null || found.format !== 'estargz' || found.end - found.start > MAX_TOC_BYTES) return null;
  const place = { ...found, digest };
  const at = found.start - tailStart;
  if (at >= 0)
    return { place, stored: tail.subarray(at, found.end - tailStart), before: tail.subarray(0, at) };
  const before = await bytesIn(blob, found.start, tailStart);
  const stored = Buffer.concat([before, tail.subarray(0, found.end - tailStart)]);
  return { place, stored, before: new Uint8Array(0) };
}

async function bytesIn(blob: BlobRanges, start: number, end: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blob.range(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}
