/** A compression that can be decompressed. */
export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** How many bytes {@link sniffCompression} uses. A shorter file has fewer. */
export const SNIFF_BYTES = 16;

const GZIP = [0x1f, 0x8b, 0x08];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

function has(head: Uint8Array, magic: readonly number[], at = 0): boolean {
  return magic.every((byte, index) => head[at + index] === byte);
}

function isBzip2(head: Uint8Array): boolean {
  const level = head[3] ?? 0;
  const hasLevel = has(head, [0x42, 0x5a, 0x68]) && level >= 0x31 && level <= 0x39;
  return hasLevel && (has(head, BZIP2_BLOCK, 4) || has(head, BZIP2_END, 4));
}

/** Requires a zstd frame or another skippable frame after a skippable one, whose magic number is weak. */
function isSkippableZstd(head: Uint8Array): boolean {
  const magic = (at: number) => ((head[at] ?? 0) & 0xf0) === 0x50 && has(head, [0x2a, 0x4d, 0x18], at + 1);
  if (!magic(0) || head.length < 8) return false;
  const length = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true);
  const next = 8 + length;
  // The next frame is rarely inside the head. No writer creates metadata of more than 16 MiB.
  if (next + 4 > head.length) return length <= 1 << 24;
  return has(head, ZSTD, next) || magic(next);
}

/**
 * Returns the compression of a file or blob by its magic number; null for an unknown one. `head` is its first
 * {@link SNIFF_BYTES} bytes, or the whole file. Text such as `BZh9…` does not match.
 */
export function sniffCompression(head: Uint8Array): Compression | null {
  if (has(head, GZIP)) return 'gzip';
  if (has(head, ZSTD) || isSkippableZstd(head)) return 'zstd';
  if (has(head, XZ)) return 'xz';
  return isBzip2(head) ? 'bzip2' : null;
}
