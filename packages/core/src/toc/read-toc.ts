import { isLayersError } from '@layers/errors';
import { walkTar } from '@layers/tar';
import { portableDecoder } from '../compression/inflater.js';
import { digestOf } from '../digest/digester.js';
import type { SyncByteSource } from '../io/byte-source.js';
import { InvalidToc } from './invalid-toc.js';
import { parseToc } from './parse-toc.js';
import type { Toc, TocEntry } from './toc.js';
import type { TocDigest, TocPlace } from './toc-place.js';

/** A larger document is not parsed: it would need too much memory. It has a few hundred thousand entries. */
export const MAX_TOC_BYTES = 64 * 1024 * 1024;

/** A larger blob has more than the document may have: names and digests compress to a sixth. The end of a stream is kept up to here. */
export const MAX_STORED_TOC_BYTES = 16 * 1024 * 1024;

/** The name of the document in the tar of eStargz. */
export const TOC_NAME = 'stargz.index.json';

/**
 * Decompresses and parses a TOC, after its digest was checked if one is declared.
 *
 * @param stored the bytes of the blob at `place`
 * @throws InvalidToc
 */
export function readToc(stored: Uint8Array, place: TocPlace): Toc {
  checkDigest(stored, place.digest, 'stored');
  if (place.format === 'zstd:chunked') {
    const document = inflate(stored, 'zstd');
    checkDigest(document, place.digest, 'document');
    return parseToc(document, place.format, place.start);
  }
  const { document, entry } = documentInTar(inflate(stored, 'gzip'), place);
  checkDigest(document, place.digest, 'document');
  const { entries } = parseToc(document, place.format, place.start);
  return { format: place.format, entries, document: entry };
}

/**
 * Reads and parses the TOC of a blob.
 *
 * @param source has at least the last {@link MAX_STORED_TOC_BYTES} of the blob
 * @throws InvalidToc
 */
export function readStoredToc(source: Pick<SyncByteSource, 'size' | 'read'>, place: TocPlace): Toc {
  if (source.size - place.start > MAX_STORED_TOC_BYTES)
    throw new InvalidToc(`it has more than ${MAX_STORED_TOC_BYTES} bytes`);
  const stored = new Uint8Array(place.end - place.start);
  source.read(stored, place.start);
  return readToc(stored, place);
}

function checkDigest(bytes: Uint8Array, digest: TocDigest | null, of: TocDigest['of']): void {
  if (digest === null || digest.of !== of) return;
  const computed = digestOf(bytes);
  if (computed !== digest.value)
    throw new InvalidToc(`it has the digest ${computed}, and ${digest.value} is declared`);
}

/** Decompresses what has a limited size. Throws InvalidToc. */
export function inflate(
  stored: Uint8Array,
  compression: 'gzip' | 'zstd',
  maxBytes = MAX_TOC_BYTES,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const take = (piece: Uint8Array): void => {
    bytes += piece.length;
    if (bytes > maxBytes) throw new InvalidToc(`it has more than ${maxBytes} bytes`);
    pieces.push(piece.slice());
  };
  const decoder = portableDecoder(compression, { ignoreTrailing: true });
  try {
    for (const piece of decoder.feed(stored)) take(piece);
    for (const piece of decoder.finish()) take(piece);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    throw new InvalidToc(error.message);
  } finally {
    decoder.close();
  }
  return Buffer.concat(pieces, bytes);
}

/** The TOC of eStargz is an entry of the tar as well, which programs extract that do not know the format. */
function documentInTar(
  tar: Uint8Array,
  { start, end }: TocPlace,
): { readonly document: Uint8Array; readonly entry: TocEntry } {
  const source = {
    size: tar.length,
    read(target: Uint8Array, position: number): number {
      const part = tar.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
  try {
    for (const entry of walkTar(source, { ignoreGlobals: true })) {
      const { type, path, size, dataOffset } = entry;
      if (type !== 'file' || size === 0 || Buffer.from(path).toString() !== TOC_NAME) break;
      const document = tar.subarray(dataOffset, dataOffset + size);
      const digest = digestOf(document);
      return {
        document,
        entry: {
          type,
          name: Buffer.from(TOC_NAME),
          linkName: new Uint8Array(0),
          size,
          mode: entry.mode,
          uid: entry.uid,
          gid: entry.gid,
          mtime: entry.mtime,
          mtimeNs: entry.mtimeNs,
          devMajor: 0,
          devMinor: 0,
          xattrs: null,
          digest,
          chunks: [{ at: 0, size, digest, stored: { start, end, inner: dataOffset } }],
        },
      };
    }
  } catch (error) {
    if (!isLayersError(error)) throw error;
    throw new InvalidToc(error.message);
  }
  throw new InvalidToc(`its tar does not start with ${TOC_NAME}`);
}
