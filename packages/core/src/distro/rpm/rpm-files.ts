import { type BoundedBytes, boundedBytes } from '../bounded-bytes.js';
import { decodeRange } from '../text-lines.js';
import { UnreadableDatabase } from '../unreadable.js';

const NAME = 1000;
const FILE_DIGESTS = 1035;
const DIRECTORY_INDEXES = 1116;
const BASE_NAMES = 1117;
const DIRECTORY_NAMES = 1118;
const DIGEST_ALGORITHM = 5011;

const INTRO = 8;
const ENTRY = 16;

/** The algorithms of digests, by the numbers of OpenPGP (RFC 9580, 9.5). MD5 where the header names none. */
const ALGORITHMS = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
] as const);

/** The limit of files of a package, several times those of the largest. */
const MAX_FILES = 500_000;

/** The algorithm of the digests of files. */
export type RpmDigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** A regular file of a package. */
export interface RpmFile {
  readonly package: string;
  /** Absolute. */
  readonly path: string;
  readonly algorithm: RpmDigestAlgorithm;
  /** In hexadecimal digits. */
  readonly digest: string;
}

/**
 * Calls `visit` for each regular file in a header as databases store it: directories and links have no digest. Throws
 * UnreadableDatabase.
 *
 * @see https://rpm-software-management.github.io/rpm/manual/tags.html
 */
export function forEachFileOfHeader(bytes: Uint8Array, visit: (file: RpmFile) => void): void {
  const header = boundedBytes(bytes, 'the header of a package');
  const entries = header.u32(0);
  const data = INTRO + entries * ENTRY;
  const end = data + header.u32(4);
  if (end > header.size) throw new UnreadableDatabase('the header of a package is longer than its record');
  const fields = new Map<number, Field>();
  for (let at = INTRO; at < data; at += ENTRY) {
    const field = { position: data + header.u32(at + 8), count: header.u32(at + 12) };
    if (!fields.has(header.u32(at))) fields.set(header.u32(at), field);
  }
  const texts = (tag: number): string[] => textsOf(bytes, fields.get(tag), end);
  const [name = ''] = texts(NAME);
  const directories = texts(DIRECTORY_NAMES);
  const digests = texts(FILE_DIGESTS);
  const declared = fields.get(DIGEST_ALGORITHM);
  const number = declared === undefined ? 1 : header.u32(declared.position);
  const algorithm = [...ALGORITHMS].find(([known]) => known === number)?.[1];
  if (algorithm === undefined) return;
  for (const [i, base] of texts(BASE_NAMES).entries()) {
    const digest = digests[i] ?? '';
    const directory = directories[numberAt(header, fields.get(DIRECTORY_INDEXES), i)];
    if (digest !== '' && directory !== undefined)
      visit({ package: name, path: directory + base, algorithm, digest });
  }
}

interface Field {
  readonly position: number;
  readonly count: number;
}

function numberAt(header: BoundedBytes, field: Field | undefined, index: number): number {
  return field === undefined || index >= field.count ? -1 : header.u32(field.position + index * 4);
}

/** Decodes as many texts as a field has, each up to a NUL. A field has at least one byte for each. */
function textsOf(bytes: Uint8Array, field: Field | undefined, limit: number): string[] {
  const texts: string[] = [];
  const count = field?.count ?? 0;
  if (count > MAX_FILES) throw new UnreadableDatabase(`a package lists more than ${MAX_FILES} files`);
  let at = field?.position ?? limit;
  while (texts.length < count) {
    const end = at < limit ? bytes.indexOf(0, at) : -1;
    if (end === -1 || end >= limit)
      throw new UnreadableDatabase('a text in the header of a package is not terminated');
    texts.push(decodeRange(bytes, at, end));
    at = end + 1;
  }
  return texts;
}
