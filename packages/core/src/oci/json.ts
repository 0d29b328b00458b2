import { LayersError } from '@layers/errors';
import { parseExactly } from './json-number.js';

/** The limit of a document in bytes. containerd has the same limit for JSON in archives. */
export const MAX_JSON_BYTES = 20 * 1024 * 1024;

const MAX_DEPTH = 200;

/** The limit of values. Three bytes of text such as `{},` become an object twenty times as large. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses a JSON document of an archive (RFC 8259). Skips a byte order mark; the last of equal keys is used.
 *
 * @param file the file of the archive or the blob, named in the error
 * @param limit the largest size in bytes
 * @returns plain values, and a JsonNumber where a number would be rounded; a key `__proto__` is an own property
 * @throws LayersError ERR_LAYERS_JSON for a document that is too large, has more than 200 levels or a million values, is
 *   not JSON; with the offset in bytes where it is known. As for Go, bytes in strings that are not UTF-8 become U+FFFD
 */
export function parseJson(bytes: Uint8Array, file: string, limit: number = MAX_JSON_BYTES): unknown {
  checkJsonLimits(bytes, file, limit);
  const text = new TextDecoder('utf-8').decode(bytes);
  try {
    return parseExactly(text);
  } catch (error) {
    refuseOtherText(bytes, file);
    // The message of the engine quotes the document, control characters included, so it is not used.
    const offset = offsetIn(error, text, bytes);
    const where = offset === undefined ? '' : ` at byte ${offset}`;
    const isTruncated = offset !== undefined && offset >= bytes.length;
    throw new LayersError(
      'ERR_LAYERS_JSON',
      isTruncated ? `${file} is truncated JSON: it ends${where}` : `${file} is not valid JSON${where}`,
      { file, offset, hint: 'the archive is damaged, or a tool wrote an invalid document' },
    );
  }
}

/**
 * Checks that `parseJson` accepts the size, the depth and the number of values of a document. For documents before they are
 * written.
 *
 * @throws LayersError ERR_LAYERS_JSON
 */
export function checkJsonLimits(
  bytes: Uint8Array,
  file: string,
  limit: number = MAX_JSON_BYTES,
  maxValues: number = MAX_VALUES,
): void {
  if (bytes.length > limit) {
    throw new LayersError('ERR_LAYERS_JSON', `${file} has ${bytes.length} bytes; the limit is ${limit}`, {
      file,
      hint: 'the file is not an image document; it may be a layer in the place of a config or manifest',
    });
  }
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    switch (byte) {
      case QUOTE:
        inString = true;
        break;
      case COMMA:
        values++;
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        depth++;
        values++;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
        break;
      default:
        continue;
    }
    if (depth > MAX_DEPTH) {
      throw new LayersError(
        'ERR_LAYERS_JSON',
        `${file} has more than ${MAX_DEPTH} levels of nesting at byte ${i}`,
        {
          file,
          offset: i,
        },
      );
    }
    if (values > maxValues) {
      throw new LayersError('ERR_LAYERS_JSON', `${file} has more than ${maxValues} values`, {
        file,
        offset: i,
      });
    }
  }
}

/** Throws the better error for bytes that are not JSON: a layer, or text in another encoding. */
function refuseOtherText(bytes: Uint8Array, file: string): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = firstInvalidUtf8(bytes);
    throw new LayersError('ERR_LAYERS_JSON', `${file} is not UTF-8 at byte ${offset}`, {
      file,
      offset,
      hint: 'the archive is damaged, or a tool wrote an invalid document',
    });
  }
}

/** Finds the first invalid byte by bisection: a prefix decodes, as an incomplete stream, if it ends before that byte. */
function firstInvalidUtf8(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = good + Math.ceil((bad - good) / 2);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle - 1;
    }
  }
  return good;
}

/** Returns the offset in bytes of a syntax error. V8 counts UTF-16 units after the byte order mark, if it has a position. */
function offsetIn(error: unknown, text: string, bytes: Uint8Array): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  if (error.message === 'Unexpected end of JSON input') return bytes.length;
  // Only this part of the message is the engine's: quoted text may contain the same words.
  const position = /^[A-Z][^\n]* in JSON at position ([0-9]+)(?: \(line [0-9]+ column [0-9]+\))?$/.exec(
    error.message,
  )?.[1];
  if (position === undefined) return undefined;
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return mark + Buffer.byteLength(text.slice(0, Number(position)));
}
