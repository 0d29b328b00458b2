import { createBLAKE2b } from 'hash-wasm';
import { SharedHasher } from '../../digest/shared-hasher.js';
import type { ContentMac } from './content-mac.js';

const MAC_BITS = 128;
export const MAC_KEY_BYTES = 32;

const hasher = new SharedHasher(await createBLAKE2b(MAC_BITS));

/**
 * Starts a BLAKE2b of the key and the content, which no one can extend (RFC 7693). Web Crypto has GMAC, but only of whole
 * contents, and asynchronously.
 */
export function createContentMac(key: Uint8Array): ContentMac {
  const hash = hasher.start();
  hash.update(key);
  return { update: hash.update, finish: hash.digest };
}
