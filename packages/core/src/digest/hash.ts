import { createHash as createNodeHash } from 'node:crypto';
import type { ComputableAlgorithm } from './digest.js';

/** A hash of bytes that arrive in pieces. */
export interface Hash {
  /** Adds bytes, or text as UTF-8. The caller may overwrite the bytes afterwards. */
  update(data: Uint8Array | string): unknown;
  /** Returns the hash in hexadecimal. The hash cannot be used afterwards. */
  digest(encoding: 'hex'): string;
}

export function createHash(algorithm: ComputableAlgorithm): Hash {
  return createNodeHash(algorithm);
}
