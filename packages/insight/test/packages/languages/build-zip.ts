import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive. */
export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array | string;
  /** Default: deflated. */
  readonly isStored?: boolean;
  /** Sets fields of the entry of the central directory after it is complete. */
  readonly damage?: (header: Buffer) => void;
}

export interface ZipForm {
  readonly comment?: string;
  readonly prefix?: string;
  /** Writes numbers as zip64 does for large archives. */
  readonly isZip64?: boolean;
}

/** Builds a zip archive. */
export function buildZip(parts: readonly ZipPart[], form: ZipForm = {}): Buffer {
  const { comment = '', prefix = '', isZip64 = false } = form;
  const pieces: Buffer[] = [];
  const headers: Buffer[] = [];
  let position = 0;
  for (const { name, data, isStored = false, damage } of parts) {
    const content = Buffer.from(data);
    const stored = isStored ? content : deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(isStored ? 0 : 8, 8);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(stored.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    // The local extra field has another length than that of the directory.
    local.writeUInt16LE(5, 28);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50);
    header.writeUInt16LE(isStored ? 0 : 8, 10);
    header.writeUInt32LE(crc32(content), 16);
    header.writeUInt32LE(isZip64 ? 0xffffffff : stored.length, 20);
    header.writeUInt32LE(isZip64 ? 0xffffffff : content.length, 24);
    header.writeUInt16LE(Buffer.byteLength(name), 28);
    header.writeUInt32LE(isZip64 ? 0xffffffff : position, 42);
    const extra = isZip64 ? largeNumbers(content.length, stored.length, position) : Buffer.alloc(0);
    header.writeUInt16LE(extra.length, 30);
    header.writeUInt16LE(4, 32);
    damage?.(header);
    headers.push(header, Buffer.from(name), extra, Buffer.from('note'));
    const piece = Buffer.concat([local, Buffer.from(name), Buffer.alloc(5), stored]);
    pieces.push(piece);
    position += piece.length;
  }
  const directory = Buffer.concat(headers);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(isZip64 ? 0xffff : parts.length, 8);
  end.writeUInt16LE(isZip64 ? 0xffff : parts.length, 10);
  end.writeUInt32LE(isZip64 ? 0xffffffff : directory.length, 12);
  end.writeUInt32LE(isZip64 ? 0xffffffff : position, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  const large = isZip64 ? largeEnd(parts.length, directory.length, position) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(prefix), ...pieces, directory, large, end, Buffer.from(comment)]);
}

function largeNumbers(...numbers: readonly number[]): Buffer {
  const other = Buffer.from([0x55, 0x54, 1, 0, 7]);
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1);
  extra.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  return Buffer.concat([other, extra]);
}

function largeEnd(count: number, bytes: number, position: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(position), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(position + bytes), 64);
  return end;
}
