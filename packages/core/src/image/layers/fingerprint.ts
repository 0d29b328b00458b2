import type { Sparse } from '@layers/tar';
import { type ContentMac, createContentMac, MAC_KEY_BYTES } from '#core/image/layers/content-mac.js';
import { randomBytes } from '#core/io/random.js';
import { createDigester } from '../../digest/digester.js';
import { DECLARED_KEY, declaredFingerprint } from '../../toc/index.js';

/** A secret key. Fingerprints under one key can be compared with each other. */
export type FingerprintKey = Uint8Array;

export const FINGERPRINT_KEY_BYTES = MAC_KEY_BYTES;

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
 * Computes fingerprints that distinguish contents: codes under a secret random key. With GMAC, two different
 * contents of n bytes share a fingerprint with a probability of at most n/16 in 2^128, even if an attacker chose
 * them.
 */
export interface Fingerprinter {
  /** Starts a content. */
  start(sparse: Sparse | null): void;
  update(bytes: Uint8Array): void;
  /** Ends the content; returns its fingerprint, 16 bytes. */
  finish(): Uint8Array;
}

/**
 * Creates a computer of fingerprints. Under {@link DECLARED_KEY} they are those that a table of contents declares, made of
 * SHA-256.
 */
export function createFingerprinter(key: FingerprintKey): Fingerprinter {
  const isDeclared = Buffer.compare(key, DECLARED_KEY) === 0;
  let mac: ContentMac | null = null;
  return {
    start(sparse) {
      mac = isDeclared ? declaredMac() : createContentMac(key);
      // Covers the map and the stored bytes of a sparse file. Expanding it could take forever.
      if (sparse !== null) mac.update(Buffer.from(JSON.stringify([sparse.form, sparse.extents])));
    },
    update(bytes) {
      mac?.update(bytes);
    },
    finish() {
      if (mac === null) throw new Error('no content was started');
      const code = mac.finish();
      mac = null;
      return code;
    },
  };
}

function declaredMac(): ContentMac {
  const digester = createDigester();
  return {
    update: (bytes) => digester.update(bytes),
    finish: () => declaredFingerprint(digester.digest()),
  };
}
