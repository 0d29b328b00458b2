import { LayersError } from '@layers/errors';

/** Larger documents are refused, in bytes. containerd reads no more of an archive's JSON either. */
export const MAX_JSON_BYTES = 20 * 1024 * 1024;

const MAX_DEPTH = 200;

/** Three bytes of text such as `{},` become an object twenty times their size. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses one JSON document out of an archive (RFC 8259; a byte order mark is skipped, the last of equal keys
 * counts).
 *
 * @param what the file of the archive or the blob, named in the error
 * @param limit largest size accepted, in bytes
 * @returns plain values; a key `__proto__` is an ordinary own property
 * @throws LayersError ERR_LAYERS_JSON: too large, nested deeper than 200, over a million values, not UTF-8, or
 *   not JSON; with the offset in bytes where it is known
 */
export function parseJson(bytes: Uint8Array, what: string, limit: number = MAX_JSON_BYTES): unknown {
  if (bytes.length > limit) {
    throw new LayersError(
      'ERR_LAYERS_JSON',
      `${what} has ${bytes.length} bytes, over the limit of ${limit}`,
      {
        file: what,
        hint: 'no image document is that large; is it a layer in the place of a config or manifest?',
      },
    );
  }
  refuseCostlyShapes(bytes, what);
  const text = decode(bytes, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the document, control characters included, so it is not passed on.
    const offset = offsetIn(error, text, bytes);
    const where = offset === undefined ? '' : ` at byte ${offset}`;
    const short = offset !== undefined && offset >= bytes.length;
    throw new LayersError(
      'ERR_LAYERS_JSON',
      short ? `${what} is not complete JSON: it ends${where}` : `${what} is not valid JSON${where}`,
      { file: what, offset, hint: 'the archive is damaged, or was not written by a container tool' },
    );
  }
}

function refuseCostlyShapes(bytes: Uint8Array, what: string): void {
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
      throw new LayersError('ERR_LAYERS_JSON', `${what} nests deeper than ${MAX_DEPTH} levels at byte ${i}`, {
        file: what,
        offset: i,
      });
    }
    if (values > MAX_VALUES) {
      throw new LayersError('ERR_LAYERS_JSON', `${what} holds more than ${MAX_VALUES} values`, {
        file: what,
        offset: i,
      });
    }
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = firstInvalidUtf8(bytes);
    throw new LayersError('ERR_LAYERS_JSON', `${what} is not UTF-8 at byte ${offset}`, {
      file: what,
      offset,
      hint: 'the archive is damaged, or was not written by a container tool',
    });
  }
}

/** Bisects: a prefix decodes, as an unfinished stream, as long as it stops before the bad byte. */
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

/** V8 counts in UTF-16 units and after the byte order mark, if it tells a position at all. */
function offsetIn(error: unknown, text: string, bytes: Uint8Array): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  if (error.message === 'Unexpected end of JSON input') return bytes.length;
  // Only this part of the message is the engine's own: the text that it quotes may hold the same words.
  const position = /^[A-Z][^\n]* in JSON at position ([0-9]+)(?: \(line [0-9]+ column [0-9]+\))?$/.exec(
    error.message,
  )?.[1];
  if (position === undefined) return undefined;
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return mark + Buffer.byteLength(text.slice(0, Number(position)));
}
