import { crc32 as nodeCrc32 } from 'node:zlib';

/** Returns the CRC-32 of bytes (RFC 1952, 8), continued from that of the bytes before. */
export function crc32(bytes: Uint8Array, value = 0): number {
  return nodeCrc32(bytes, value);
}
