import { boundedBytes } from '../bounded-bytes.js';
import { detailsOf, type InstalledPackage } from '../installed-package.js';
import { decodeRange } from '../text-lines.js';
import { UnreadableDatabase } from '../unreadable.js';

const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const EPOCH = 1003;
const SIZE = 1009;
const VENDOR = 1011;
const LICENCE = 1014;
const ARCHITECTURE = 1022;
const SOURCE = 1044;
/** The size of a package of more than 4 GiB. */
const LONG_SIZE = 5009;

const INT32 = 4;
const INT64 = 5;
const STRING = 6;

const TEXTS: ReadonlySet<number> = new Set([NAME, VERSION, RELEASE, VENDOR, LICENCE, ARCHITECTURE, SOURCE]);

/** Bytes of the two counts at the start of a header (entries and data bytes), and of an entry (four numbers). */
const INTRO = 8;
const ENTRY = 16;

/** The name of the keys of repositories, which rpm stores as packages. */
const PUBLIC_KEY = 'gpg-pubkey';

/**
 * Returns the package of a header as databases store it: without the magic number and signature of a package file.
 * Returns null for a public key. Throws UnreadableDatabase.
 *
 * @see https://rpm-software-management.github.io/rpm/manual/format_header.html
 */
export function packageOfHeader(bytes: Uint8Array): InstalledPackage | null {
  const header = boundedBytes(bytes, 'the header of a package');
  const entries = header.u32(0);
  const data = INTRO + entries * ENTRY;
  const end = data + header.u32(4);
  if (end > header.size) throw new UnreadableDatabase('the header of a package is longer than its record');

  const fields = new Map<number, string | number>();
  for (let at = INTRO; at < data; at += ENTRY) {
    const tag = header.u32(at);
    if (fields.has(tag)) continue;
    const position = data + header.u32(at + 8);
    const type = header.u32(at + 4);
    if (type === STRING && TEXTS.has(tag)) fields.set(tag, stringAt(bytes, position, end));
    if (type === INT32 && (tag === EPOCH || tag === SIZE)) fields.set(tag, header.u32(position));
    if (type === INT64 && tag === LONG_SIZE)
      fields.set(tag, header.u32(position) * 2 ** 32 + header.u32(position + 4));
  }
  const [name, version, release] = [fields.get(NAME), fields.get(VERSION), fields.get(RELEASE)];
  if (name === undefined || version === undefined || release === undefined) {
    throw new UnreadableDatabase('the header of a package has no name, version or release');
  }
  if (name === PUBLIC_KEY) return null;
  const epoch = fields.get(EPOCH);
  const installed = Number(fields.get(LONG_SIZE) ?? fields.get(SIZE));
  return {
    name: String(name),
    version: `${epoch === undefined || epoch === 0 ? '' : `${epoch}:`}${version}-${release}`,
    architecture: fields.has(ARCHITECTURE) ? String(fields.get(ARCHITECTURE)) : null,
    ...detailsOf({
      source: textOf(fields.get(SOURCE)),
      licence: textOf(fields.get(LICENCE)),
      supplier: textOf(fields.get(VENDOR)),
      statedBytes: Number.isSafeInteger(installed) ? installed : null,
    }),
  };
}

/** Returns a text other than the words that rpm prints for a missing value, which builds of packages copied. */
function textOf(value: string | number | undefined): string | null {
  return typeof value !== 'string' || value === '(none)' ? null : value;
}

/** Decodes the text up to the next NUL. */
function stringAt(bytes: Uint8Array, start: number, limit: number): string {
  const end = start < limit ? bytes.indexOf(0, start) : -1;
  if (end === -1 || end >= limit)
    throw new UnreadableDatabase('a text in the header of a package is not terminated');
  return decodeRange(bytes, start, end);
}
