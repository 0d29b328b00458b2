import { walkTar } from '@layers/tar';

// Builds tars byte by byte that no writer would produce.

const CHECKSUM = 148;

/** Corrects the checksum of a header block. */
export function seal(block: Buffer): Buffer {
  block.fill(0x20, CHECKSUM, CHECKSUM + 8);
  let sum = 0;
  for (const byte of block.subarray(0, 512)) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM, 'latin1');
  return block;
}

/** Returns a header block with these fields. `size` can be 12 raw bytes. */
export function header(fields: {
  readonly name: string;
  readonly type?: string;
  readonly size?: number | Uint8Array;
  readonly link?: string;
}): Buffer {
  const block = Buffer.alloc(512);
  block.write(fields.name, 0, 100, 'utf8');
  block.write('0000644\0', 100, 'latin1');
  const { size = 0 } = fields;
  if (typeof size === 'number') block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  else block.set(size, 124);
  block.write(fields.type ?? '0', 156, 'latin1');
  block.write(fields.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  return seal(block);
}

/** Returns a size field in GNU's base-256 form. The number has up to 95 bits and can be negative. */
export function base256(value: bigint): Buffer {
  const field = Buffer.alloc(12);
  let rest = BigInt.asUintN(95, value);
  for (let i = 11; i >= 0; i--) {
    field[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0] = 0x80 | (field[0] ?? 0);
  return field;
}

/** Returns the files of a tar with the positions of their bytes. */
export function filesOf(tar: Uint8Array): { name: string; offset: number; size: number }[] {
  const files: { name: string; offset: number; size: number }[] = [];
  const source = {
    size: tar.length,
    read(target: Uint8Array, position: number) {
      const bytes = tar.subarray(position, position + target.length);
      target.set(bytes);
      return bytes.length;
    },
  };
  for (const { type, path, dataOffset, storedSize } of walkTar(source)) {
    if (type === 'file') {
      files.push({ name: Buffer.from(path).toString('utf8'), offset: dataOffset, size: storedSize });
    }
  }
  return files;
}

/** The two blocks that end a tar. */
export const END = Buffer.alloc(1024);

/** Returns a file with its header and padding. */
export function fileEntry(name: string, bytes: Uint8Array): Buffer {
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([header({ name, size: bytes.length }), bytes, padding]);
}
