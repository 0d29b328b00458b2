/** A tar writer for tests. It shares no code with the package and can write invalid archives. */

export type Field = string | number | Uint8Array;

export interface RawFields {
  name?: Field;
  mode?: Field;
  uid?: Field;
  gid?: Field;
  size?: Field;
  mtime?: Field;
  typeflag?: Field;
  linkname?: Field;
  magic?: Field;
  uname?: Field;
  gname?: Field;
  devmajor?: Field;
  devminor?: Field;
  prefix?: Field;
  /** Other fields, by position in the block. */
  at?: Readonly<Record<number, Field>>;
}

export const USTAR = 'ustar\x0000';
export const GNU = 'ustar  \0';
export const V7 = '';

const PLACES: Readonly<Record<Exclude<keyof RawFields, 'at'>, readonly [number, number]>> = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  typeflag: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  gname: [297, 32],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
};

const DEFAULTS: RawFields = {
  name: 'f',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  typeflag: '0',
  magic: USTAR,
};

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Returns a header block with a valid checksum. */
export function header(fields: RawFields = {}): Uint8Array {
  const block = Buffer.alloc(512);
  const all: RawFields = { ...DEFAULTS, ...fields };
  for (const key of [
    'name',
    'mode',
    'uid',
    'gid',
    'size',
    'mtime',
    'typeflag',
    'linkname',
    'magic',
    'uname',
    'gname',
    'devmajor',
    'devminor',
    'prefix',
  ] as const) {
    const [at, length] = PLACES[key];
    put(block, at, length, all[key]);
  }
  for (const [at, value] of Object.entries(fields.at ?? {})) put(block, Number(at), 512 - Number(at), value);
  return withChecksum(block);
}

/** Returns a copy of the block with a valid checksum. */
export function withChecksum(block: Uint8Array): Uint8Array {
  const copy = Buffer.from(block);
  copy.write('        ', 148, 'latin1');
  const sum = copy.reduce((all, byte) => all + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return new Uint8Array(copy);
}

function put(block: Buffer, at: number, length: number, value: Field | undefined): void {
  if (value === undefined) return;
  if (typeof value === 'number') block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  else if (typeof value === 'string') block.write(value.slice(0, length), at, 'latin1');
  else block.set(value.subarray(0, length), at);
}

export function padded(data: Uint8Array): Uint8Array {
  return join(data, new Uint8Array((512 - (data.length % 512)) % 512));
}

export const END = new Uint8Array(1024);

/** Returns a header with data. The size defaults to the length of the data. */
export function entryWith(fields: RawFields, data: Uint8Array | string = new Uint8Array(0)): Uint8Array {
  const bytes = typeof data === 'string' ? bytesOf(data) : data;
  return join(header({ size: bytes.length, ...fields }), padded(bytes));
}

export function record(key: string, value: string | Uint8Array): Uint8Array {
  const rest = join(bytesOf(` ${key}=`), typeof value === 'string' ? bytesOf(value) : value, bytesOf('\n'));
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return join(bytesOf(String(length)), rest);
}

export function pax(...records: readonly (readonly [string, string | Uint8Array])[]): Uint8Array {
  return entryWith(
    { name: 'PaxHeader', typeflag: 'x' },
    join(...records.map(([key, value]) => record(key, value))),
  );
}

export function globalPax(...records: readonly (readonly [string, string | Uint8Array])[]): Uint8Array {
  return entryWith(
    { name: 'GlobalHead', typeflag: 'g' },
    join(...records.map(([key, value]) => record(key, value))),
  );
}

/** Returns GNU's extension header for a long name (`L`) or link name (`K`). */
export function gnuLong(typeflag: 'L' | 'K', name: string | Uint8Array): Uint8Array {
  const bytes = typeof name === 'string' ? bytesOf(name) : name;
  return entryWith({ name: '././@LongLink', magic: GNU, typeflag }, join(bytes, new Uint8Array(1)));
}

/** Encodes a number in GNU's base-256 form. */
export function base256(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = BigInt.asUintN(length * 8, value);
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x80;
  return bytes;
}
