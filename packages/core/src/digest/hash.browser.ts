import { createSHA256, createSHA512 } from 'hash-wasm';
import type { ComputableAlgorithm } from './digest.js';
import type { Hash } from './hash.js';
import { SharedHasher } from './shared-hasher.js';

const [sha256, sha512] = await Promise.all([createSHA256(), createSHA512()]);
const hashers = { sha256: new SharedHasher(sha256), sha512: new SharedHasher(sha512) };

export function createHash(algorithm: ComputableAlgorithm): Hash {
  const hash = hashers[algorithm].start();
  return {
    update: hash.update,
    digest: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}
