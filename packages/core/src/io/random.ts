import { randomBytes as randomBuffer } from 'node:crypto';

/** Returns bytes that nobody can predict. */
export function randomBytes(length: number): Uint8Array {
  return randomBuffer(length);
}

/** Returns 32 random bits, for a hash table whose collisions nobody can predict. */
export function randomSeed(): number {
  return randomBuffer(4).readInt32LE(0);
}
