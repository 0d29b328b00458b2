/** A hash of the bytes `start` to `end` under a parent (FNV-1a with a final mix). Not for untrusted-key security: see `seed`. */
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

/** Whether two runs of bytes of one length are the same. */
export function sameBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
