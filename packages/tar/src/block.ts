/** A tar is a sequence of blocks of this many bytes (POSIX pax, "ustar Interchange Format"). */
export const BLOCK_BYTES = 512;

/** `bytes` rounded up to whole blocks. */
export function paddedTo512(bytes: number): number {
  const rest = bytes % BLOCK_BYTES;
  return rest === 0 ? bytes : bytes + BLOCK_BYTES - rest;
}

/** Whether the block that starts at `at` holds zeros only; two of them end an archive. */
export function isZeroBlock(bytes: Uint8Array, at: number): boolean {
  // A header starts with its name: the first byte alone settles almost every case.
  for (let i = at; i < at + BLOCK_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** A copy with memory of its own; `slice` of a Node Buffer would be a view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** The bytes of a field up to its first NUL, as a view. */
export function untilNul(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  return bytes.subarray(start, stop);
}
