import { createHash } from 'node:crypto';
import type { ComputableAlgorithm, Digest } from './digest.js';

/** Takes bytes in pieces and gives their digest at the end. */
export interface Digester {
  readonly algorithm: ComputableAlgorithm;
  /** Adds the next bytes. They are not kept, so the caller may reuse the buffer. */
  update(bytes: Uint8Array): void;
  /** Ends the sum. Asked again, it answers the same; `update` is then an error. */
  digest(): Digest;
}

/** A digester over nothing yet. */
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

/** The digest of bytes held in memory; text counts as its UTF-8. */
export function digestOf(bytes: Uint8Array | string, algorithm: ComputableAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
