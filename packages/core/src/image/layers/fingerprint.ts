import { createCipheriv, randomBytes } from 'node:crypto';
import type { Sparse } from '@layers/tar';

/** A secret key. Fingerprints under one key can be compared with each other. */
export type FingerprintKey = Uint8Array;

const KEY_BYTES = 16;
const NONCE_BYTES = 12;
export const FINGERPRINT_KEY_BYTES = KEY_BYTES + NONCE_BYTES;

export function createFingerprintKey(): FingerprintKey {
  return randomBytes(FINGERPRINT_KEY_BYTES);
}

let keyOfProcess: FingerprintKey | null = null;

/** Returns the key of this process, so that contents can be compared across archives. */
export function processFingerprintKey(): FingerprintKey {
  keyOfProcess ??= createFingerprintKey();
  return keyOfProcess;
}

/**
 * Computes fingerprints that distinguish contents: GMAC under a secret random key (NIST SP 800-38D). Two different
 * contents of n bytes share a fingerprint with a probability of at most n/16 in 2^128, even if an attacker chose
 * them. Costs a tenth of SHA-256.
 */
export interface Fingerprinter {
  /** Starts a content. */
  start(sparse: Sparse | null): void;
  update(bytes: Uint8Array): void;
  /** Ends the content; returns its fingerprint, 16 bytes. */
  finish(): Uint8Array;
}

export function createFingerprinter(key: FingerprintKey): Fingerprinter {
  const secret = key.subarray(0, KEY_BYTES);
  const nonce = key.subarray(KEY_BYTES);
  const createCipher = () => createCipheriv('aes-128-gcm', secret, nonce);
  let cipher: ReturnType<typeof createCipher> | null = null;
  return {
    start(sparse) {
      cipher = createCipher();
      // Covers the map and the stored bytes of a sparse file. Expanding it could take forever.
      if (sparse !== null) cipher.setAAD(Buffer.from(JSON.stringify([sparse.form, sparse.extents])));
    },
    update(bytes) {
      cipher?.setAAD(bytes);
    },
    finish() {
      if (cipher === null) throw new Error('no content was started');
      cipher.final();
      const tag = cipher.getAuthTag();
      cipher = null;
      return tag;
    },
  };
}
