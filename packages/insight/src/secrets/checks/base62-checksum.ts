import { crc32 } from '@layers/core/compression';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The characters of a checksum. */
export const CHECKSUM_LENGTH = 6;

/** Returns the CRC-32 of ASCII text in base 62 with leading zeros, as GitHub and npm append it to the random part. */
export function base62Checksum(text: string): string {
  let left = crc32(Buffer.from(text));
  let digits = '';
  while (digits.length < CHECKSUM_LENGTH) {
    digits = ALPHABET.charAt(left % 62) + digits;
    left = Math.floor(left / 62);
  }
  return digits;
}

/** Returns whether the last characters of the part after the prefix are the checksum of those before them. */
export function hasBase62Checksum(part: string): boolean {
  const end = part.length - CHECKSUM_LENGTH;
  return part.slice(end) === base62Checksum(part.slice(0, end));
}
