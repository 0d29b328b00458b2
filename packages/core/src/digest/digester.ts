import { createHash } from '#core/digest/hash.js';
import type { ComputableAlgorithm, Digest } from './digest.js';

/** Computes the digest of bytes that arrive in pieces. */
export interface Digester {
  readonly algorithm: ComputableAlgorithm;
  /** Adds the next bytes. The caller may overwrite them afterwards. */
  update(bytes: Uint8Array): void;
  /** Returns the digest, also when called again. `update` throws afterwards. */
  digest(): Digest;
}

/** Creates a digester. */
export function createDigester(algorithm: ComputableAlgorithm = 'sha256'): Digester {
  const hash = createHash(algorithm);
  let result: Digest | undefined;
  return {
    algorithm,
    update(bytes) {
      hash.update(bytes);
    },
    digest() {
      result ??= `${algorithm}:${hash.digest('hex')}`;
      return result;
    },
  };
}

/** Computes the digest of bytes in memory, or of text as UTF-8. */
export function digestOf(bytes: Uint8Array | string, algorithm: ComputableAlgorithm = 'sha256'): Digest {
  const hash = createHash(algorithm);
  hash.update(bytes);
  return `${algorithm}:${hash.digest('hex')}`;
}
