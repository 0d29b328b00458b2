// Writes tars for tests from the specification alone (POSIX pax, "ustar Interchange Format" and "pax Extended Header"),
// without code of @layers/tar, which could have the same mistake.

/** An entry of a tar to be built. */
export interface EntrySpec {
  readonly path: Uint8Array | string;
  /** `unknown` is written with a type byte that no specification names. */
  readonly type?: keyof typeof TYPEFLAGS;
  /** The bytes of a file; for a sparse file, its stored extents one after the other. */
  readonly data?: Uint8Array;
  readonly linkpath?: Uint8Array | string;
  /** 0755 for directories and 0644 for everything else by default. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
  readonly mtimeNs?: number;
  readonly uname?: string;
  readonly gname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | null;
  /** Makes a file sparse, in the PAX 0.1 form. */
  readonly sparse?: { readonly realSize: number; readonly extents: readonly (readonly [number, number])[] };
}

const TYPEFLAGS = {
  file: '0',
  link: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  unknown: '?',
} as const;

const BLOCK_BYTES = 512;
const SLASH = 0x2f;

type PaxRecord = readonly [key: string, value: Uint8Array | string];

/** Returns the size of the file of an entry; 0 if it is not a file. */
export function sizeOfEntry(entry: EntrySpec): number {
  if ((entry.type ?? 'file') !== 'file') return 0;
  return entry.sparse?.realSize ?? entry.data?.length ?? 0;
}

/** Returns a whole tar of these entries. Hard links have attributes as `withLinkDefaults` describes. */
export function buildTar(entries: readonly EntrySpec[]): Buffer {
  return Buffer.concat([...withLinkDefaults(entries).map(buildEntry), Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** Gives each hard link without attributes those of its target, if that is an earlier entry, as tar programs do. */
export function withLinkDefaults(entries: readonly EntrySpec[]): readonly EntrySpec[] {
  if (!entries.some(({ type }) => type === 'link')) return entries;
  const byPath = new Map<string, EntrySpec>();
  return entries.map((entry) => {
    const target = entry.type === 'link' ? byPath.get(plainPath(entry.linkpath ?? '')) : undefined;
    const hasOwn = [entry.mode, entry.uid, entry.gid, entry.mtime, entry.mtimeNs, entry.xattrs].some(
      (value) => value !== undefined,
    );
    const {
      path,
      type = 'file',
      linkpath,
      data,
      devmajor,
      devminor,
      sparse,
      ...attributes
    } = target ?? entry;
    const result =
      target === undefined || type === 'directory' || hasOwn ? entry : { ...attributes, ...entry };
    byPath.set(plainPath(entry.path), result);
    return result;
  });
}

function plainPath(path: Uint8Array | string): string {
  const parts: string[] = [];
  for (const part of Buffer.from(path).toString('latin1').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Returns the headers, data and padding of an entry. The name may be empty. */
export function buildEntry(entry: EntrySpec): Buffer {
  const { type = 'file', data = Buffer.alloc(0) } = entry;
  const stored = type === 'file' || type === 'unknown' ? data : Buffer.alloc(0);
  const records = paxRecordsOf(entry, stored.length);
  const pax =
    records.length === 0
      ? []
      : [paxHeader(Buffer.concat(records.map(([key, value]) => encodeRecord(key, Buffer.from(value)))))];
  return Buffer.concat([...pax, ustarHeader(entry, stored.length), padded(stored)]);
}

function ustarHeader(entry: EntrySpec, size: number): Buffer {
  const { type = 'file' } = entry;
  const path = pathOf(entry);
  const cut = cutOf(path) ?? 0;
  const block = Buffer.alloc(BLOCK_BYTES);
  if (cut > 0) path.copy(block, 345, 0, cut);
  path.copy(block, 0, cut > 0 ? cut + 1 : 0, cut > 0 ? path.length : 100);
  Buffer.from(entry.linkpath ?? '').copy(block, 157, 0, 100);
  writeOctal(block, 100, 8, (entry.mode ?? (type === 'directory' ? 0o755 : 0o644)) & 0o7777);
  writeOctal(block, 108, 8, entry.uid ?? 0);
  writeOctal(block, 116, 8, entry.gid ?? 0);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, entry.mtime ?? 0);
  block.write(TYPEFLAGS[type], 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(entry.uname ?? '', 265, 31);
  block.write(entry.gname ?? '', 297, 31);
  if (type === 'char' || type === 'block') {
    writeOctal(block, 329, 8, entry.devmajor ?? 0);
    writeOctal(block, 337, 8, entry.devminor ?? 0);
  }
  return sealHeader(block);
}

/** Returns PAX records for the values that a ustar header cannot hold exactly. */
function paxRecordsOf(entry: EntrySpec, size: number): PaxRecord[] {
  const path = pathOf(entry);
  const link = Buffer.from(entry.linkpath ?? '');
  const { uid = 0, gid = 0, mtime = 0, mtimeNs = 0, xattrs, sparse } = entry;
  const records: PaxRecord[] = [];
  if (!isUtf8(path) || !isUtf8(link)) records.push(['hdrcharset', 'BINARY']);
  if (cutOf(path) === null || !isAscii(path)) records.push(['path', path]);
  if (link.length > 100 || !isAscii(link)) records.push(['linkpath', link]);
  if (!fitsOctal(uid, 8)) records.push(['uid', String(uid)]);
  if (!fitsOctal(gid, 8)) records.push(['gid', String(gid)]);
  if (!fitsOctal(size, 12)) records.push(['size', String(size)]);
  if (mtimeNs !== 0 || !fitsOctal(mtime, 12)) {
    records.push(['mtime', decimalSeconds(mtime, mtimeNs)]);
  }
  const names = [...(xattrs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of names) records.push([`SCHILY.xattr.${name}`, value]);
  if (sparse !== undefined) {
    records.push(
      ['GNU.sparse.size', String(sparse.realSize)],
      ['GNU.sparse.numblocks', String(sparse.extents.length)],
      ['GNU.sparse.map', sparse.extents.flat().join(',')],
    );
  }
  return records;
}

function paxHeader(body: Buffer): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write('PaxHeaders/entry', 'latin1');
  writeOctal(block, 100, 8, 0o644);
  for (const offset of [108, 116]) writeOctal(block, offset, 8, 0);
  writeOctal(block, 124, 12, body.length);
  writeOctal(block, 136, 12, 0);
  block.write('x', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  return Buffer.concat([sealHeader(block), padded(body)]);
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function encodeRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')]);
  let digits = 1;
  while (String(rest.length + digits).length > digits) digits++;
  return Buffer.concat([Buffer.from(String(rest.length + digits)), rest]);
}

/** A time with as many digits as it needs; `mtime` is rounded down, so that -1.5 is -2 and 500,000,000. */
function decimalSeconds(seconds: number, nanoseconds: number): string {
  const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  const size = total < 0n ? -total : total;
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The name of a directory ends in a slash. */
function pathOf({ path, type }: EntrySpec): Buffer {
  const bytes = Buffer.from(path);
  if (type !== 'directory' || bytes.length === 0 || bytes.at(-1) === SLASH) return bytes;
  return Buffer.concat([bytes, Buffer.from('/')]);
}

/** Returns the position of the slash between prefix and name; 0 for a short name, null if the name does not fit. */
function cutOf(path: Buffer): number | null {
  if (path.length <= 100) return 0;
  const slash = path.indexOf(SLASH, Math.max(1, path.length - 101));
  return slash === -1 || slash > 155 || slash === path.length - 1 ? null : slash;
}

const fitsOctal = (value: number, length: number): boolean => value >= 0 && value < 8 ** (length - 1);

/** Writes a number, or zeros if it does not fit: then a PAX record holds it. */
function writeOctal(block: Buffer, offset: number, length: number, value: number): void {
  const written = fitsOctal(value, length) ? value : 0;
  block.write(written.toString(8).padStart(length - 1, '0'), offset, 'latin1');
}

/** Fills in the checksum of a header, and returns the header. */
export function sealHeader(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES)]);
}

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte < 0x80);
const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8')).equals(bytes);
