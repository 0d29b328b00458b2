import { readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile } from '../malformed-file.js';

/** A range of addresses in memory that the loader fills from the file. */
export interface Segment {
  readonly address: number;
  /** Position in the file. */
  readonly position: number;
  /** The bytes in the file; the rest of the range in memory is zero. */
  readonly size: number;
}

/** A named part of an executable. */
export interface Section extends Segment {
  readonly name: string;
}

/** The layout of an executable in the format ELF, PE or Mach-O. */
export interface Executable {
  readonly file: RandomAccessFile;
  readonly isLittleEndian: boolean;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  /** The first segment or section of writable data; null where there is none. */
  readonly data: Segment | null;
}

/** The limit of sections, segments and load commands, above those of the largest executables. */
export const MAX_PARTS = 4096;

/** Returns `length` bytes at an address, a copy. Throws MalformedFile where the file does not contain them. */
export function readAddress({ file, segments }: Executable, address: number, length: number): Uint8Array {
  const segment = segments.find((each) => address >= each.address && address < each.address + each.size);
  if (segment === undefined || address + length > segment.address + segment.size) {
    throw new MalformedFile(`the address ${address} is not in the file`);
  }
  return readRange(file, segment.position + address - segment.address, length);
}

/** Returns how many bytes the file contains from an address on. */
export function bytesFrom({ segments }: Executable, address: number): number {
  const segment = segments.find((each) => address >= each.address && address < each.address + each.size);
  return segment === undefined ? 0 : segment.address + segment.size - address;
}
