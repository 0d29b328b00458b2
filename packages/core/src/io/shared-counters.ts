/** Returns counters that other threads can share. */
export function sharedCounters(count: number): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(count * BigInt64Array.BYTES_PER_ELEMENT));
}
