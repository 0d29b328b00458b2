// Made-up secrets, put together when the tests run, so that no scanner takes this repository for a leak.
import { crc32 } from 'node:zlib';

export const DIGITS = '0123456789';
export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();

export const ALPHANUMERIC = DIGITS + UPPER + LOWER;
export const HEX = `${DIGITS}abcdef`;
export const BASE64 = `${ALPHANUMERIC}+/`;
export const BASE64URL = `${ALPHANUMERIC}_-`;
export const BASE32 = `${UPPER}234567`;

/** Returns text that looks random, the same for the same arguments. */
export function made(length: number, alphabet = ALPHANUMERIC, seed = 1): string {
  let state = (seed * 2_654_435_761 + length) >>> 0 || 1;
  let text = '';
  while (text.length < length) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += alphabet.charAt((state >>> 0) % alphabet.length);
  }
  return text;
}

/** Returns a token of GitHub, with a right checksum. */
export function githubToken(seed = 1, prefix = 'ghp'): string {
  const part = made(30, ALPHANUMERIC, seed);
  return `${prefix}_${part}${inBase62(crc32(part)).padStart(6, '0')}`;
}

/** Returns a private key in PEM whose body is not a key. */
export function pem(label: string, { lines = 12, end = '\n', headers = '' } = {}): string {
  const body = Array.from({ length: lines }, (_, i) => made(64, BASE64, i + 3)).join(end);
  return `-----BEGIN ${label}-----${end}${headers}${body}${end}-----END ${label}-----${end}`;
}

function inBase62(value: number): string {
  const last = ALPHANUMERIC.charAt(value % 62);
  return value < 62 ? last : inBase62(Math.floor(value / 62)) + last;
}
