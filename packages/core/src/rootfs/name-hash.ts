/** Hashes the bytes `start` to `end` under a parent: FNV-1a with a final mix. A random seed makes it unpredictable. */
export function nameHash(
  seed: number,
  parent: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let hash = seed ^ Math.imul(parent + 1, 0x9e3779b1);
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) | 0;
}

/** Whether `length` bytes of two arrays are the same. */
export function sameBytes(
  a: Uint8Array,
  startA: number,
  b: Uint8Array,
  startB: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[startA + i] !== b[startB + i]) return false;
  return true;
}
