import { LayersError } from '@layers/errors';
import { untilNul } from './block.js';
import type { EntryType, TarEntry } from './entry.js';
import type { Header } from './header.js';
import { latin1, type PaxRecord } from './pax.js';
import { checkExtents, type Extent, paxSparse, type Sparse } from './sparse.js';
import { parseTime } from './time.js';
import { type OnWarning, warnOfLargeId } from './warning.js';

/** The values that extension headers give the next entry. */
export interface Extensions {
  /** Position of the first extension header; -1 where there is none. */
  start: number;
  longName: Uint8Array | null;
  longLink: Uint8Array | null;
  pax: readonly PaxRecord[];
}

export function noExtensions(): Extensions {
  return { start: -1, longName: null, longLink: null, pax: [] };
}

/** The contents of GNU's old sparse header and its continuation blocks. */
export interface GnuSparse {
  readonly extents: readonly Extent[];
  readonly realSize: number;
}

const TYPES: ReadonlyMap<number, EntryType> = new Map([
  [0x00, 'file'],
  [0x30, 'file'],
  [0x31, 'link'],
  [0x32, 'symlink'],
  [0x33, 'char'],
  [0x34, 'block'],
  [0x35, 'directory'],
  [0x36, 'fifo'],
  [0x37, 'file'],
  [0x44, 'directory'], // GNU dump directory: its data is a list of names
  [0x53, 'file'], // GNU sparse
]);

/** Docker refuses the types with larger numbers: 7, D and S. */
const FIFO = 0x36;
const DUMP_DIRECTORY = 0x44;
const SLASH = 0x2f;

const GLOBAL_KEYS: ReadonlySet<string> = new Set(['mtime', 'uid', 'gid']);

const ATTRIBUTES: ReadonlySet<string> = new Set(
  'path linkpath size mtime atime ctime uid gid uname gname'.split(' '),
);
/** Extended attributes, ACLs, device numbers, sparse maps. */
const ATTRIBUTE_PREFIXES = ['SCHILY.', 'LIBARCHIVE.', 'GNU.sparse.'];

/** Returns the keys of records that change entries for some readers, each once, shortened. A comment is none. */
export function attributeKeys(records: readonly PaxRecord[]): string[] {
  const keys = records
    .map(({ key }) => Buffer.from(key, 'latin1').toString('utf8'))
    .filter((key) => ATTRIBUTES.has(key) || ATTRIBUTE_PREFIXES.some((prefix) => key.startsWith(prefix)));
  return [...new Set(keys)].map((key) => (key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key));
}

const MAX_KEY = 60;

/** Longer texts are not numbers or times. The limit bounds the time that each entry takes. */
const MAX_NUMBER_TEXT = 100;

/**
 * Adds the records of a global header to those that apply to all later entries: the last one of each key. Ignores
 * names, sizes, links, sparse maps and xattrs: they differ between entries, and readers disagree about them.
 */
export function mergeGlobals(earlier: readonly PaxRecord[], later: readonly PaxRecord[]): PaxRecord[] {
  const merged = new Map(earlier.map((record) => [record.key, record]));
  for (const record of later) {
    if (GLOBAL_KEYS.has(record.key)) merged.set(record.key, record);
  }
  return [...merged.values()];
}

/**
 * Combines a header with its extensions. Local PAX records override global ones, which override the header (POSIX
 * pax, "pax Extended Header"). GNU long names override all, as in Go's reader, and so in Docker. `dataOffset` is the
 * position after the last header block.
 */
export function resolveEntry(
  header: Header,
  extensions: Extensions,
  globals: readonly PaxRecord[],
  position: { headerOffset: number; dataOffset: number },
  gnuSparse: GnuSparse | null,
  onWarning: OnWarning,
): TarEntry {
  const offset = position.headerOffset;
  const fields: Fields = {
    path: header.name,
    linkpath: header.linkname,
    uid: header.uid,
    gid: header.gid,
    mtime: header.mtime,
    mtimeNs: 0,
    storedSize: header.size,
    xattrs: null,
  };
  for (const record of globals) applyRecord(fields, header, record, offset, onWarning);
  for (const record of extensions.pax) applyRecord(fields, header, record, offset, onWarning);
  if (extensions.longName !== null) fields.path = extensions.longName;
  if (extensions.longLink !== null) fields.linkpath = extensions.longLink;

  let type = TYPES.get(header.typeflag) ?? 'unknown';
  // V7 has no type for directories: a trailing slash marks one.
  if (header.typeflag === 0 && fields.path.at(-1) === SLASH) type = 'directory';
  if (type === 'unknown') {
    const hex = header.typeflag.toString(16).padStart(2, '0');
    onWarning({ code: 'tar-unknown-type', offset, message: `an entry has the unknown type 0x${hex}` });
  }
  const bodiless = type !== 'file' && type !== 'unknown' && header.typeflag !== DUMP_DIRECTORY;
  if (bodiless && fields.storedSize !== 0) {
    // Go's reader, and so Docker, ignores such a size.
    onWarning({
      code: 'tar-size-on-bodiless-entry',
      offset,
      message: `an entry of type ${type} declares ${fields.storedSize} bytes of data; using 0`,
    });
    fields.storedSize = 0;
  }

  let size = type === 'directory' || bodiless ? 0 : fields.storedSize;
  let sparse: Sparse | null = null;
  if (gnuSparse !== null) {
    sparse = { form: 'gnu', extents: gnuSparse.extents };
    size = gnuSparse.realSize;
  } else if (type === 'file' && extensions.pax.length > 0) {
    const found = paxSparse(extensions.pax, offset, onWarning);
    if (found !== null) {
      sparse = found.sparse;
      size = found.realSize ?? size;
      if (found.name !== null) fields.path = nameIn(found.name, 'GNU.sparse.name', offset, onWarning);
    }
  }
  if (sparse?.extents) checkExtents(sparse.extents, size, fields.storedSize, offset);

  return {
    headerOffset: position.headerOffset,
    dataOffset: position.dataOffset,
    storedSize: fields.storedSize,
    size,
    type,
    typeflag: header.typeflag,
    path: fields.path,
    linkpath: fields.linkpath,
    mode: header.mode & 0o7777,
    uid: fields.uid,
    gid: fields.gid,
    mtime: fields.mtime,
    mtimeNs: fields.mtimeNs,
    devmajor: header.devmajor,
    devminor: header.devminor,
    xattrs: fields.xattrs,
    sparse,
    isSelfContained: globals.length === 0 && header.typeflag <= FIFO,
  };
}

interface Fields {
  path: Uint8Array;
  linkpath: Uint8Array;
  uid: number;
  gid: number;
  mtime: number;
  mtimeNs: number;
  storedSize: number;
  xattrs: Map<string, Uint8Array> | null;
}

function applyRecord(
  fields: Fields,
  header: Header,
  { key, value }: PaxRecord,
  offset: number,
  onWarning: OnWarning,
): void {
  if (key.startsWith('SCHILY.xattr.')) {
    fields.xattrs ??= new Map();
    fields.xattrs.set(key.slice('SCHILY.xattr.'.length), value);
    return;
  }
  // An empty value cancels earlier records (POSIX pax), which leaves the header's own field.
  const isEmpty = value.length === 0;
  if (key === 'path') fields.path = isEmpty ? header.name : nameIn(value, key, offset, onWarning);
  else if (key === 'linkpath')
    fields.linkpath = isEmpty ? header.linkname : nameIn(value, key, offset, onWarning);
  else if (key === 'size') fields.storedSize = isEmpty ? header.size : sizeIn(value, offset);
  else if (key === 'uid')
    fields.uid = isEmpty ? header.uid : (idIn(value, key, offset, onWarning) ?? fields.uid);
  else if (key === 'gid')
    fields.gid = isEmpty ? header.gid : (idIn(value, key, offset, onWarning) ?? fields.gid);
  else if (key === 'mtime') {
    const time = isEmpty ? { seconds: header.mtime, nanoseconds: 0 } : parseTime(numberText(value));
    if (time === null) warnOfNumber(key, offset, onWarning);
    else {
      fields.mtime = time.seconds;
      fields.mtimeNs = time.nanoseconds;
    }
  } else if (!isEmpty) checkUnused(key, value, offset, onWarning);
}

/** Warns of a value that this package does not use, but that makes Go's reader, and so Docker, refuse the tar. */
function checkUnused(key: string, value: Uint8Array, offset: number, onWarning: OnWarning): void {
  if (key === 'atime' || key === 'ctime') {
    if (parseTime(numberText(value)) === null) warnOfNumber(key, offset, onWarning);
  } else if ((key === 'uname' || key === 'gname') && value.includes(0)) {
    const message = `the value of ${key} in an extended header contains a NUL byte`;
    onWarning({ code: 'tar-bad-pax-record', offset, message });
  }
}

/** Returns the name in a record. A NUL ends it with a warning: readers disagree about such names. */
function nameIn(value: Uint8Array, key: string, offset: number, onWarning: OnWarning): Uint8Array {
  const name = untilNul(value, 0, value.length);
  if (name.length < value.length) {
    onWarning({
      code: 'tar-bad-pax-record',
      offset,
      message: `the value of ${key} in an extended header contains a NUL byte; using the bytes before it`,
    });
  }
  return name;
}

function numberText(value: Uint8Array): string {
  return value.length > MAX_NUMBER_TEXT ? '' : latin1(value);
}

function sizeIn(value: Uint8Array, offset: number): number {
  const text = numberText(value);
  const size = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new LayersError('ERR_LAYERS_TAR_NUMBER', `invalid size in the extended header at byte ${offset}`, {
    offset,
    hint: 'sizes of up to 2^53-1 bytes are supported',
  });
}

function idIn(value: Uint8Array, key: string, offset: number, onWarning: OnWarning): number | null {
  const text = numberText(value);
  const id = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  // "-0" is 0.
  if (Number.isSafeInteger(id)) return id === 0 ? 0 : id;
  const exact = Number.isNaN(id) ? null : BigInt(text.replace('+', ''));
  // Go's reader, and so Docker, reads 64 bits.
  if (exact !== null && exact === BigInt.asIntN(64, exact)) {
    warnOfLargeId(`the value of ${key} in an extended header`, offset, onWarning);
    return Number(BigInt.asUintN(32, exact));
  }
  warnOfNumber(key, offset, onWarning);
  return null;
}

function warnOfNumber(key: string, offset: number, onWarning: OnWarning): void {
  onWarning({ code: 'tar-bad-number', offset, message: `invalid value of ${key} in an extended header` });
}
