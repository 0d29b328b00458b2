import { crc32 } from '#core/compression/crc32.js';

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

type Field = 'fixed' | 'extra-length' | 'extra' | 'name' | 'comment' | 'crc' | 'done';

/** Returns the next field after `field` that `flags` announce. */
function fieldAfter(field: Field, flags: number): Field {
  if (field === 'fixed' && (flags & FEXTRA) !== 0) return 'extra-length';
  if (field === 'extra-length') return 'extra';
  if ((field === 'fixed' || field === 'extra') && (flags & FNAME) !== 0) return 'name';
  if (field !== 'comment' && field !== 'crc' && (flags & FCOMMENT) !== 0) return 'comment';
  return field !== 'crc' && (flags & FHCRC) !== 0 ? 'crc' : 'done';
}

const FIXED_BYTES = 10;

export interface GzipHeader {
  /** Continues with `chunk[at]`; returns the index after the bytes read. */
  read(chunk: Uint8Array, at: number): number;
  readonly done: boolean;
  /** What is wrong with the header. */
  readonly problem: string | undefined;
  /** Whether the first three bytes are those of gzip with deflate. */
  readonly recognised: boolean;
}

/** Creates a reader of a member header (RFC 1952, 2.3) in pieces of any length. Skips names and comments. */
export function gzipHeader(): GzipHeader {
  let field: Field = 'fixed';
  let seen = 0;
  let flags = 0;
  let extra = 0;
  let crc = 0;
  let stored = 0;
  let problem: string | undefined;
  let recognised = false;

  const enter = (next: Field) => {
    field = next;
    seen = 0;
    if (field === 'extra' && extra === 0) enter(fieldAfter('extra', flags));
  };

  function fixed(byte: number): void {
    if ((seen === 0 && byte !== 0x1f) || (seen === 1 && byte !== 0x8b)) problem = 'not gzip data';
    if (seen === 2) {
      if (byte === 8) recognised = true;
      else problem = 'unknown compression method';
    }
    if (seen === 3) {
      flags = byte;
      if ((byte & RESERVED) !== 0) problem = 'unknown header flags';
    }
    if (++seen === FIXED_BYTES) enter(fieldAfter('fixed', flags));
  }

  function step(byte: number): void {
    if (field === 'fixed') {
      fixed(byte);
      return;
    }
    if (field === 'name' || field === 'comment') {
      if (byte === 0) enter(fieldAfter(field, flags));
      return;
    }
    if (field === 'extra') {
      if (++seen === extra) enter(fieldAfter('extra', flags));
      return;
    }
    if (field === 'extra-length') extra |= byte << (8 * seen);
    else stored |= byte << (8 * seen);
    if (++seen === 2) enter(fieldAfter(field, flags));
  }

  return {
    read(chunk, from) {
      let at = from;
      let hashed = from;
      while (at < chunk.length && field !== 'done' && problem === undefined) {
        const inCrc = field === 'crc';
        step(chunk[at] ?? 0);
        at += 1;
        if (!inCrc) hashed = at;
      }
      crc = crc32(chunk.subarray(from, hashed), crc);
      const complete = field === 'done' && problem === undefined;
      if (complete && (flags & FHCRC) !== 0 && (crc & 0xffff) !== stored) problem = 'wrong header checksum';
      return at;
    },
    get done() {
      return field === 'done';
    },
    get problem() {
      return problem;
    },
    get recognised() {
      return recognised;
    },
  };
}
