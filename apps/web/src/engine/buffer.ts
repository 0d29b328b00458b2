// What the packages use of Node's Buffer, for browsers. The build puts it in place of the global.

const encoder = new TextEncoder();
/** As Node: keeps a byte order mark, and replaces invalid sequences as the Encoding Standard says. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The most arguments of a call. */
const MOST_ARGUMENTS = 8192;
/** Up to this length, text is made faster without a decoder. */
const SHORT_BYTES = 128;

class Bytes extends Uint8Array<ArrayBufferLike> {
  override toString(encoding = 'utf8', start = 0, end: number = this.length): string {
    return textOf(this.subarray(start, Math.max(start, end)), encoding);
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && compare(this, other) === 0;
  }

  compare(other: Uint8Array): number {
    return compare(this, other);
  }

  override includes(wanted: number | string | Uint8Array, from = 0): boolean {
    return this.indexOf(wanted, from) !== -1;
  }

  override indexOf(wanted: number | string | Uint8Array, from = 0): number {
    if (typeof wanted === 'number') return super.indexOf(wanted & 0xff, from);
    const bytes = typeof wanted === 'string' ? encoder.encode(wanted) : wanted;
    const [first] = bytes;
    if (first === undefined) return Math.min(from, this.length);
    for (let at = super.indexOf(first, from); at !== -1; at = super.indexOf(first, at + 1)) {
      if (bytes.every((byte, i) => this[at + i] === byte)) return at;
    }
    return -1;
  }
}

function from(
  source: string | ArrayBufferLike | Iterable<number>,
  second?: string | number,
  length?: number,
): Bytes {
  if (typeof source === 'string') return view(bytesOf(source, second));
  if (Symbol.iterator in source) return view(Uint8Array.from(source));
  return new Bytes(source, typeof second === 'number' ? second : 0, length);
}

function alloc(length: number): Bytes {
  return new Bytes(new ArrayBuffer(length));
}

function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = alloc(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  if (a.length === b.length) return 0;
  return a.length < b.length ? -1 : 1;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

export const Buffer = {
  from,
  alloc,
  allocUnsafe: alloc,
  allocUnsafeSlow: alloc,
  concat,
  compare,
  byteLength,
};

function view(bytes: Uint8Array): Bytes {
  return new Bytes(bytes.buffer, bytes.byteOffset, bytes.length);
}

function bytesOf(text: string, encoding: string | number = 'utf8'): Uint8Array {
  if (encoding === 'latin1') return Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (encoding === 'hex')
    return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  if (encoding === 'base64' || encoding === 'base64url') return fromBase64(text);
  return encoder.encode(text);
}

/** Ignores what is not base64, as Node does. */
function fromBase64(text: string): Uint8Array {
  const end = text.indexOf('=');
  const digits = (end === -1 ? text : text.slice(0, end))
    .replace(/[^A-Za-z0-9+/_-]/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  // One digit alone has too few bits for a byte.
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array, encoding: string): string {
  if (encoding === 'latin1') return latin1Of(bytes);
  if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (encoding === 'base64') return btoa(latin1Of(bytes));
  return isShortAscii(bytes) ? String.fromCharCode(...bytes) : decoder.decode(bytes);
}

function isShortAscii(bytes: Uint8Array): boolean {
  if (bytes.length > SHORT_BYTES) return false;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x7f) return false;
  return true;
}

function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += MOST_ARGUMENTS)
    text += String.fromCharCode(...bytes.subarray(at, at + MOST_ARGUMENTS));
  return text;
}
