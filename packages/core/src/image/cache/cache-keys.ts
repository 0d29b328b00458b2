import { createHash, randomBytes } from 'node:crypto';
import type { KeptFiles } from '../../io/kept-files.js';
import { FINGERPRINT_KEY_BYTES, type FingerprintKey } from '../layers/fingerprint.js';
import { SEAL_KEY_BYTES, type SealKey } from './seal.js';

/** The secrets of one cache. */
export interface CacheKeys {
  /** Fingerprints of several runs can be compared, because all of them use this key. */
  readonly fingerprints: FingerprintKey;
  readonly seals: SealKey;
}

/** The name of the file with the keys. */
export const KEY_FILE = 'key';

const SECRET_BYTES = FINGERPRINT_KEY_BYTES + SEAL_KEY_BYTES;
const CHECK_BYTES = 8;

/**
 * Returns the keys of a cache, and creates them first where it has none. Returns null where they can neither be read nor
 * written.
 */
export function cacheKeys(files: KeptFiles): CacheKeys | null {
  const found = readKeys(files);
  if (found !== null) return found;
  if (files.read(KEY_FILE) !== null) files.remove(KEY_FILE);
  const secret = randomBytes(SECRET_BYTES);
  // Another process may be first. What its key sealed is read with its key.
  return files.writeFirst(KEY_FILE, [secret, checkOf(secret)]) ? readKeys(files) : null;
}

function readKeys(files: KeptFiles): CacheKeys | null {
  const bytes = files.read(KEY_FILE);
  if (bytes?.length !== SECRET_BYTES + CHECK_BYTES) return null;
  const secret = bytes.subarray(0, SECRET_BYTES);
  if (Buffer.compare(checkOf(secret), bytes.subarray(SECRET_BYTES)) !== 0) return null;
  return {
    fingerprints: secret.subarray(0, FINGERPRINT_KEY_BYTES),
    seals: secret.subarray(FINGERPRINT_KEY_BYTES),
  };
}

function checkOf(secret: Uint8Array): Uint8Array {
  return createHash('sha256').update(secret).digest().subarray(0, CHECK_BYTES);
}
