/**
 * Characters that are escaped for a terminal: control characters, bidirectional overrides and other format characters,
 * characters without width, line and paragraph separators, lone surrogates, and the replacement character, which
 * represents bytes that are not UTF-8.
 */
const unsafe = once(() => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{fffd}]/gu);

/** Printable ASCII needs no escaping. */
const PLAIN = /^[\x20-\x7e]*$/;

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
]);

/**
 * Escapes everything in `text` that could control a terminal or mislead its reader, as `\n`, `\x1b`, `\u202e` or
 * `\u{e0001}`. Backslashes are not escaped, since instructions contain many; JSON output is exact.
 */
export function escapeForTerminal(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(unsafe(), escapeCharacter);
}

/** Escapes a text as `escapeForTerminal` does, but leaves its lines and tabs. */
export function escapeLinesForTerminal(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(escapeForTerminal).join('\t'))
    .join('\n');
}

/** Escapes bytes as `escapeForTerminal` does; bytes that are not UTF-8 appear as `\xff`. */
export function escapeBytesForTerminal(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  // It also stands for bytes that are not UTF-8.
  if (!text.includes('\ufffd')) return escapeForTerminal(text);
  let escaped = '';
  let position = 0;
  while (position < bytes.length) {
    const length = sequenceLength(bytes, position);
    if (length === 0) {
      escaped += hex(bytes[position] ?? 0);
      position++;
    } else {
      escaped += escapeForTerminal(Buffer.from(bytes.subarray(position, position + length)).toString('utf8'));
      position += length;
    }
  }
  return escaped;
}

/** Escapes a name of a document: its text, or its bytes in base64 if they are not UTF-8. */
export function escapeName(text: string, base64: string | undefined): string {
  return base64 === undefined
    ? escapeForTerminal(text)
    : escapeBytesForTerminal(Buffer.from(base64, 'base64'));
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const named = NAMED.get(code);
  if (named !== undefined) return named;
  if (code <= 0xff) return hex(code);
  return code <= 0xffff ? `\\u${padded(code, 4)}` : `\\u{${code.toString(16)}}`;
}

function hex(byte: number): string {
  return `\\x${padded(byte, 2)}`;
}

function padded(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** Returns the length in bytes of the well-formed UTF-8 sequence at `start`; 0 without one. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  const length =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  const second = bytes[start + 1] ?? 0;
  const [lowest, highest] = secondByteRange(first);
  if (second < lowest || second > highest) return 0;
  for (let i = start + 2; i < start + length; i++) {
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** The second byte reveals overlong forms, surrogates and code points above U+10FFFF. */
function secondByteRange(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

/** Delays making a pattern of Unicode properties until it is needed: it takes V8 half a millisecond. */
function once(make: () => RegExp): () => RegExp {
  let made: RegExp | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
