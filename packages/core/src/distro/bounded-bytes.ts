import { UnreadableDatabase } from './unreadable.js';

/** Bytes with bounds: every access outside of them throws UnreadableDatabase. */
export interface BoundedBytes {
  readonly size: number;
  u8(offset: number): number;
  u16(offset: number, littleEndian?: boolean): number;
  u32(offset: number, littleEndian?: boolean): number;
  /** Returns a view. */
  slice(offset: number, length: number): Uint8Array;
}

/** Adds bounds to bytes; `what` names them in errors. Numbers are big-endian by default. */
export function boundedBytes(bytes: Uint8Array, what: string): BoundedBytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length;
  const checked = (offset: number, length: number): number => {
    if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
      throw new UnreadableDatabase(`${what} ends before byte ${offset + length}`);
    }
    return offset;
  };
  return {
    size,
    u8: (offset) => view.getUint8(checked(offset, 1)),
    u16: (offset, littleEndian) => view.getUint16(checked(offset, 2), littleEndian),
    u32: (offset, littleEndian) => view.getUint32(checked(offset, 4), littleEndian),
    slice: (offset, length) => bytes.subarray(checked(offset, length), offset + length),
  };
}
