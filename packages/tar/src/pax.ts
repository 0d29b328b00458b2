import { LayersError } from '@layers/errors';
import { copyOf } from './block.js';
import type { OnWarning } from './warning.js';

/** One record of an extended header. Keys are latin1 text; values are bytes. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Uint8Array;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

/**
 * Parses the records `length key=value\n` of an extended header (POSIX pax, "pax Extended Header"). Values are
 * copies that stay valid after `body` is overwritten. A malformed record causes a warning and ends the header, as
 * the start of the next record is unknown; a record with an invalid key is ignored. `offset` is the position of the
 * header in the tar. Warns of all that Go's reader, and so Docker, refuses.
 */
export function parsePax(body: Uint8Array, offset: number, onWarning: OnWarning): PaxRecord[] {
  const records: PaxRecord[] = [];
  const text = Buffer.from(body.buffer, body.byteOffset, body.length);
  let at = 0;
  while (at < text.length) {
    const record = recordAt(text, at);
    if (record === null) {
      onWarning({
        code: 'tar-bad-pax-record',
        offset,
        message: `malformed record at byte ${at} of an extended header`,
      });
      break;
    }
    const { key, value } = record;
    if (key !== '' && !key.includes('\0')) records.push({ key, value });
    else {
      onWarning({
        code: 'tar-bad-pax-record',
        offset,
        message: `the record at byte ${at} of an extended header has an invalid key`,
      });
    }
    at = record.end;
  }
  return records;
}

function recordAt(body: Buffer, at: number): (PaxRecord & { end: number }) | null {
  let length = 0;
  let i = at;
  for (; i < body.length && i < at + 10; i++) {
    const digit = (body[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  const end = at + length;
  if (body[i] !== SPACE || i === at || end > body.length || end <= i || body[end - 1] !== NEWLINE)
    return null;
  const equals = body.indexOf(EQUALS, i + 1);
  if (equals === -1 || equals >= end) return null;
  return {
    key: body.toString('latin1', i + 1, equals),
    value: copyOf(body.subarray(equals + 1, end - 1)),
    end,
  };
}

/**
 * Encodes records in the given order. Throws ERR_LAYERS_TAR_UNENCODABLE for a key that is empty, contains `=` or
 * NUL, or is not latin1 text.
 */
export function encodePax(records: readonly PaxRecord[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { key, value } of records) {
    if (key === '' || !/^[\x01-<>-\xff]*$/.test(key)) {
      throw new LayersError(
        'ERR_LAYERS_TAR_UNENCODABLE',
        `invalid key of an extended header: ${JSON.stringify(key)}`,
      );
    }
    const bare = key.length + value.length + 3;
    let length = bare + String(bare).length;
    if (String(length).length !== String(bare).length) length = bare + String(length).length;
    parts.push(Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** Decodes bytes as latin1 text. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
