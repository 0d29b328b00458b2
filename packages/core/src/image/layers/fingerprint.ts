import { createCipheriv, randomBytes } from 'node:crypto';
import type { Sparse } from '@layers/tar';

/** What makes fingerprints comparable with each other: those of one process, and no others. */
export type FingerprintKey = Uint8Array;

const KEY_BYTES = 16;
const NONCE_BYTES = 12;

export function createFingerprintKey(): FingerprintKey {
  return randomBytes(KEY_BYTES + NONCE_BYTES);
}

let keyOfProcess: FingerprintKey | null = null;

/** One key for all archives that this process reads, so that contents can be compared across them. */
export function processFingerprintKey(): FingerprintKey {
  keyOfProcess ??= createFingerprintKey();
  return keyOfProcess;
}

/**
 * Tells contents apart while they stream by: GMAC under a random key (NIST SP 800-38D), which is never shown.
 * Two different contents of n bytes share a fingerprint with a chance of at most n/16 in 2^128, whoever chose
 * them, and it costs a tenth of a SHA-256.
 */
export interface Fingerprinter {
  start(sparse: Sparse | null): void;
  update(bytes: Uint8Array): void;
  /** 16 bytes. */
  finish(): Uint8Array;
}

export function createFingerprinter(key: FingerprintKey): Fingerprinter {
  const secret = key.subarray(0, KEY_BYTES);
  const nonce = key.subarray(KEY_BYTES);
  const make = () => createCipheriv('aes-128-gcm', secret, nonce);
  let cipher: ReturnType<typeof make> | null = null;
  return {
    start(sparse) {
      cipher = make();
      // A sparse file is its map and its stored bytes; it is never expanded to be compared.
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
