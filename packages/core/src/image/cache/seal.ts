import { createCipheriv, randomBytes } from 'node:crypto';

/** The key of seals. Whoever does not know it cannot make a file that is believed. */
export type SealKey = Uint8Array;

export const SEAL_KEY_BYTES = 16;

const MAGIC = Buffer.from('LAYRSEAL', 'latin1');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A multiple of 8, so that columns after it are aligned. */
export const SEAL_BYTES = 40;

/**
 * Seals bytes under a name: a GMAC tag (NIST SP 800-38D), which is faster than any checksum of Node. Finds damage, and files
 * that somebody else made.
 *
 * @returns what comes before the bytes
 */
export function seal(key: SealKey, name: string, parts: readonly Uint8Array[]): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const head = Buffer.alloc(SEAL_BYTES);
  MAGIC.copy(head);
  nonce.copy(head, MAGIC.length);
  tagOf(key, nonce, name, parts).copy(head, MAGIC.length + NONCE_BYTES);
  return head;
}

/** Returns the bytes after a seal; null where they are not what was sealed under this name. */
export function unseal(
  key: SealKey,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | null {
  if (bytes.length < SEAL_BYTES) return null;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, SEAL_BYTES);
  const tagAt = MAGIC.length + NONCE_BYTES;
  const body = bytes.subarray(SEAL_BYTES);
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  if (head.subarray(tagAt + TAG_BYTES).some((byte) => byte !== 0)) return null;
  const tag = tagOf(key, head.subarray(MAGIC.length, tagAt), name, [body]);
  return tag.equals(head.subarray(tagAt, tagAt + TAG_BYTES)) ? body : null;
}

function tagOf(key: SealKey, nonce: Uint8Array, name: string, parts: readonly Uint8Array[]): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`${name}\0`));
  for (const part of parts) if (part.length > 0) cipher.setAAD(part);
  cipher.final();
  return cipher.getAuthTag();
}
