import { type Digest, isDigest } from '../digest/digest.js';
import { InvalidToc } from './invalid-toc.js';
import { parseTime } from './parse-time.js';
import type { StoredChunk, Toc, TocChunk, TocEntry, TocFormat } from './toc.js';
import { typeOf } from './toc-types.js';

/** Each needs some hundred bytes of memory, however small it is in the document. */
const MAX_OBJECTS = 500_000;
const BRACE = 0x7b;

/** More bytes before a chunk are not decompressed to reach it. Writers join files up to a few hundred kilobytes. */
const MAX_INNER_BYTES = 64 * 1024 * 1024;

/**
 * Parses the JSON document of a TOC. eStargz and both forms of zstd:chunked have the same fields.
 *
 * @param tocStart position of the TOC in the blob: contents are before it
 * @throws InvalidToc
 */
export function parseToc(json: Uint8Array, format: TocFormat, tocStart: number): Toc {
  const document = parsedJson(json);
  if (!isObject(document) || document.version !== 1 || !Array.isArray(document.entries))
    throw new InvalidToc('it is not a TOC of version 1');
  const items: readonly unknown[] = document.entries;
  const ends = new MemberEnds(items, tocStart);
  const entries: TocEntry[] = [];
  for (let i = 0; i < items.length; ) {
    const item = items[i];
    if (!isObject(item)) throw new InvalidToc(`entry ${i} is not an object`);
    let next = i + 1;
    while (next < items.length && isChunk(items[next])) next++;
    entries.push(parseEntry(item, items.slice(i + 1, next), ends));
    i = next;
  }
  return { format, entries, document: null };
}

type Key =
  | 'version'
  | 'entries'
  | 'name'
  | 'type'
  | 'size'
  | 'mode'
  | 'uid'
  | 'gid'
  | 'modtime'
  | 'linkName'
  | 'devMajor'
  | 'devMinor'
  | 'xattrs'
  | 'digest'
  | 'offset'
  | 'endOffset'
  | 'innerOffset'
  | 'chunkOffset'
  | 'chunkSize'
  | 'chunkDigest'
  | 'chunkType';

type Fields = Readonly<Partial<Record<Key, unknown>>>;

function parsedJson(bytes: Uint8Array): unknown {
  let objects = 0;
  for (let at = bytes.indexOf(BRACE); at !== -1; at = bytes.indexOf(BRACE, at + 1)) objects++;
  if (objects > MAX_OBJECTS) throw new InvalidToc(`it has more than ${MAX_OBJECTS} entries`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidToc('it is not JSON');
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isChunk(item: unknown): boolean {
  return isObject(item) && item.type === 'chunk';
}

function parseEntry(item: Fields, more: readonly unknown[], ends: MemberEnds): TocEntry {
  const name = text(item, 'name');
  const type = typeOf(item.type);
  if (name === '' || type === undefined) throw new InvalidToc(`an entry has the type ${String(item.type)}`);
  // JSON replaces bytes that are not UTF-8, so that two names can become one.
  const linkName = text(item, 'linkName');
  if (name.includes('\ufffd') || linkName.includes('\ufffd'))
    throw new InvalidToc('it has a name that is not UTF-8');
  const size = type === 'file' ? whole(item, 'size') : 0;
  if (type !== 'file' && more.length > 0) throw new InvalidToc(`${name} has chunks, and is not a file`);
  const { seconds, nanoseconds } = parseTime(text(item, 'modtime'));
  return {
    type,
    name: Buffer.from(name),
    linkName: Buffer.from(linkName),
    size,
    mode: whole(item, 'mode') & 0o7777,
    uid: whole(item, 'uid'),
    gid: whole(item, 'gid'),
    mtime: seconds,
    mtimeNs: nanoseconds,
    devMajor: whole(item, 'devMajor'),
    devMinor: whole(item, 'devMinor'),
    xattrs: parseXattrs(item.xattrs, name),
    digest: digestIn(item, 'digest'),
    chunks: size === 0 ? [] : parseChunks(name, size, [item, ...more], ends),
  };
}

/** Returns the chunks of a file: they must cover it without gaps, in order. */
function parseChunks(
  name: string,
  size: number,
  items: readonly unknown[],
  ends: MemberEnds,
): readonly TocChunk[] {
  const chunks: TocChunk[] = [];
  let at = 0;
  for (const item of items) {
    if (!isObject(item) || text(item, 'name') !== name || whole(item, 'chunkOffset') !== at)
      throw new InvalidToc(`the chunks of ${name} do not follow each other`);
    const declared = whole(item, 'chunkSize');
    const length = declared === 0 ? size - at : declared;
    if (length <= 0 || length > size - at) throw new InvalidToc(`the chunks of ${name} do not fit its size`);
    // The only chunk of a file has the digest of the file.
    const digest = digestIn(item, 'chunkDigest') ?? (length === size ? digestIn(item, 'digest') : null);
    const stored = item.chunkType === 'zeros' ? null : storedChunk(name, item, ends);
    chunks.push({ at, size: length, digest, stored });
    at += length;
  }
  if (at !== size) throw new InvalidToc(`the chunks of ${name} do not fit its size`);
  return chunks;
}

function storedChunk(name: string, item: Fields, ends: MemberEnds): StoredChunk {
  const start = whole(item, 'offset');
  const inner = whole(item, 'innerOffset');
  const end = ends.after(start);
  if (end === null) throw new InvalidToc(`the content of ${name} is outside of the layer`);
  if (inner > MAX_INNER_BYTES) throw new InvalidToc(`the content of ${name} is too far inside of a member`);
  return { start, end, inner };
}

/** Where gzip members and zstd frames with contents end: at the latest where the next ones start. */
class MemberEnds {
  readonly #starts: Float64Array;

  constructor(items: readonly unknown[], tocStart: number) {
    const starts = [tocStart];
    for (const item of items) {
      if (!isObject(item)) continue;
      for (const key of ['offset', 'endOffset'] as const) {
        const position = item[key];
        if (typeof position === 'number' && position > 0 && position < tocStart) starts.push(position);
      }
    }
    this.#starts = Float64Array.from(starts).sort();
  }

  /** Returns the next start behind a position; null outside of the contents. */
  after(position: number): number | null {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] ?? null;
  }
}

function parseXattrs(value: unknown, name: string): TocEntry['xattrs'] {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw new InvalidToc(`${name} has invalid attributes`);
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, encoded] of Object.entries(value)) {
    if (typeof encoded !== 'string' || key.includes('\ufffd'))
      throw new InvalidToc(`${name} has invalid attributes`);
    // Readers of tar keep names of attributes as bytes.
    xattrs.set(Buffer.from(key).toString('latin1'), Buffer.from(encoded, 'base64'));
  }
  return xattrs.size === 0 ? null : xattrs;
}

function text(item: Fields, key: Key): string {
  const value = item[key] ?? '';
  if (typeof value !== 'string') throw new InvalidToc(`${key} of an entry is not a text`);
  return value;
}

function whole(item: Fields, key: Key): number {
  const value = item[key] ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidToc(`${key} of an entry is not a whole number`);
  return value;
}

function digestIn(item: Fields, key: Key): Digest | null {
  const value = text(item, key);
  if (value === '') return null;
  if (!isDigest(value) || !value.startsWith('sha256:'))
    throw new InvalidToc(`${key} of an entry is not a SHA-256 digest`);
  return value;
}
