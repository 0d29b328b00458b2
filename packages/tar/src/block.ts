/** The size in bytes of the blocks that make up a tar (POSIX pax, "ustar Interchange Format"). */
export const BLOCK_BYTES = 512;

/** Rounds `bytes` up to whole blocks of 512 bytes. */
export function paddedTo512(bytes: number): number {
  const rest = bytes % BLOCK_BYTES;
  return rest === 0 ? bytes : bytes + BLOCK_BYTES - rest;
}

/** Returns whether the block at index `at` contains only zeros. Two such blocks end an archive. */
export function isZeroBlock(bytes: Uint8Array, at: number): boolean {
  // A header starts with its name, so the first byte decides almost every case.
  for (let i = at; i < at + BLOCK_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Copies bytes into memory of their own. (`slice` of a Node Buffer would return a view.) */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** Returns the bytes of a field before its first NUL, as a view. */
export function untilNul(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  return bytes.subarray(start, stop);
}
