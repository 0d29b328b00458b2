import { createHash } from 'node:crypto';

/** The first 32 bits of the SHA-256 of each byte. */
const numbers = Array.from({ length: 256 }, (_, byte) =>
  Number.parseInt(
    createHash('sha256')
      .update(Buffer.from([byte]))
      .digest('hex')
      .slice(0, 8),
    16,
  ),
);

/** Where chunks end, by the definition in docs/fleet.md: each hash is computed anew as a sum. */
export function naiveEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let start = 0;
  while (start < bytes.length) {
    const size = naiveSize(bytes.subarray(start));
    ends.push(start + size);
    start += size;
  }
  return ends;
}

function naiveSize(bytes: Uint8Array): number {
  for (let size = 4097; size <= Math.min(bytes.length, 65_536); size++)
    if (size === 65_536 || naiveHash(bytes, size) < (size <= 16_384 ? 2 ** 16 : 2 ** 20)) return size;
  return bytes.length;
}

/** The hash of a chunk after this many bytes. */
export function naiveHash(bytes: Uint8Array, size: number): number {
  let hash = 0;
  for (let back = 0; back < 32 && size - 1 - back >= 4096; back++)
    hash = (hash + ((numbers[bytes[size - 1 - back] ?? 0] ?? 0) << back)) >>> 0;
  return hash;
}

/** `NUMBER SIZE` of each chunk: the first 13 digits of its SHA-256, as a number. */
export function naiveChunks(bytes: Uint8Array): string[] {
  let start = 0;
  return naiveEnds(bytes).map((end) => {
    const chunk = bytes.subarray(start, end);
    start = end;
    const digits = createHash('sha256').update(chunk).digest('hex').slice(0, 13);
    return `${Number.parseInt(digits, 16)} ${chunk.length}`;
  });
}
