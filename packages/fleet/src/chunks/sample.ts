/** Chunks have numbers below this one. */
export const CHUNK_NUMBERS = 2 ** 52;

/** Returns the number of a chunk: the first 52 bits of its SHA-256, which every engine has room for. */
export function chunkNumber(sha256: Buffer): number {
  return sha256.readUIntBE(0, 6) * 16 + (sha256.readUInt8(6) >> 4);
}

/**
 * Returns the number below which chunks are in a sample of one chunk in `oneIn`. The same chunks are in the sample wherever they
 * are, and all chunks of a sample are also in a larger one.
 */
export function sampleLimit(oneIn: number): number {
  return Math.floor(CHUNK_NUMBERS / oneIn);
}

/** The most chunks that a fleet has rows for, unless it is told how many; see `chosenSample`. */
export const MOST_CHUNKS = 10_000_000;

/**
 * Returns the sample for a fleet whose layers have this many chunks: the smallest power of two that leaves at most `MOST_CHUNKS`.
 *
 * @returns of how many chunks one is kept
 */
export function chosenSample(chunks: number): number {
  let oneIn = 1;
  while (chunks > oneIn * MOST_CHUNKS) oneIn *= 2;
  return oneIn;
}
