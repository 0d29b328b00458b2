import { LayersError } from '@layers/errors';
import type { TarEntry } from '../../src/entry.ts';
import { createTarParser } from '../../src/parser.ts';
import { walkTar } from '../../src/walk.ts';
import type { TarWarning } from '../../src/warning.ts';
import type { SeekableBytes } from '../../src/window.ts';

/** The result of reading a tar, for comparing two readers. */
export interface Reading {
  entries: TarEntry[];
  warnings: TarWarning[];
  error: { code: string; offset: number | undefined; message: string } | null;
}

export interface PushedReading extends Reading {
  headers: Uint8Array[];
  data: Uint8Array[];
  /** How many entries had complete data. */
  finished: number;
}

/** A source in memory that counts reads and bytes. */
export function memory(
  bytes: Uint8Array,
): SeekableBytes & { readonly counts: { reads: number; bytes: number } } {
  const counts = { reads: 0, bytes: 0 };
  return {
    size: bytes.length,
    counts,
    read(target, position) {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      counts.reads++;
      counts.bytes += part.length;
      return part.length;
    },
  };
}

export function copied(entry: TarEntry): TarEntry {
  return { ...entry, path: new Uint8Array(entry.path), linkpath: new Uint8Array(entry.linkpath) };
}

/** Converts a LayersError; throws any other error, which is a fault of the reader. */
function errorOf(error: unknown): Reading['error'] {
  if (!(error instanceof LayersError)) throw error;
  return { code: error.code, offset: error.offset, message: error.message };
}

export function walk(bytes: Uint8Array): Reading {
  const reading: Reading = { entries: [], warnings: [], error: null };
  try {
    const onWarning = (warning: TarWarning): unknown => reading.warnings.push(warning);
    for (const entry of walkTar(memory(bytes), { onWarning })) reading.entries.push(copied(entry));
  } catch (error) {
    reading.error = errorOf(error);
  }
  return reading;
}

/** Writes pieces of the given lengths in turn to a parser, and overwrites each piece after it was written. */
export function push(bytes: Uint8Array, lengths: readonly number[] = [bytes.length]): PushedReading {
  const reading: PushedReading = {
    entries: [],
    warnings: [],
    error: null,
    headers: [],
    data: [],
    finished: 0,
  };
  let header: Uint8Array[] = [];
  const parser = createTarParser({
    onEntry(entry) {
      reading.entries.push(copied(entry));
      reading.headers.push(new Uint8Array(Buffer.concat(header)));
      reading.data.push(new Uint8Array(0));
      header = [];
    },
    onHeaderBytes: (part) => header.push(new Uint8Array(part)),
    onData(part) {
      const before = reading.data.pop() ?? new Uint8Array(0);
      reading.data.push(new Uint8Array(Buffer.concat([before, part])));
    },
    onEntryEnd: () => reading.finished++,
    onWarning: (warning) => reading.warnings.push(warning),
  });
  try {
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const length = Math.max(1, lengths[i % lengths.length] ?? 1);
      const piece = Buffer.from(bytes.subarray(at, at + length));
      parser.write(piece);
      piece.fill(0xa5);
      at += length;
    }
    parser.end();
  } catch (error) {
    reading.error = errorOf(error);
  }
  return reading;
}

export function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? new Uint8Array(0)).toString('latin1');
}

export const LONG = process.env['LAYERS_LONG'] === '1';

/** The time limit of tests that a long run repeats many times, in ms. */
export const LONG_TIMEOUT = LONG ? 1_800_000 : 60_000;
