/** Returns a counter that other threads can share. */
export function createCounter(): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(8));
}
