import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { WasteDocument } from '@layers/core/analysis';
import { type AsyncByteSource, memorySource, rangeSource, remoteSource } from '@layers/core/io';
import { expect } from 'vitest';
import { type Documents, documentsOf, pieceSizes, pipe, sumsOf } from './documents.ts';
import type { Scratch } from './scratch.ts';

/** The expected figures of an image. */
export interface Figures {
  readonly layers: number;
  readonly entries: number;
  readonly contentBytes: number;
  /** Wasted bytes by cause; 0 for a cause that is not listed. */
  readonly waste?: Partial<WasteDocument['wastedBytesByCause']>;
}

/** Expects these figures of the images of an archive, and checks the sums of their waste. */
export function expectFigures({ images }: Documents, figures: readonly Figures[]): void {
  const none = { deleted: 0, overwritten: 0, rewritten: 0, replaced: 0, 'duplicate-entry': 0 };
  const reported = images.map(({ inspect: { totals, wastedBytesByCause } }) => {
    const { layers, entries, contentBytes } = totals;
    return { layers, entries, contentBytes, waste: wastedBytesByCause };
  });
  expect(reported).toEqual(figures.map((figure) => ({ ...figure, waste: { ...none, ...figure.waste } })));
  for (const image of images) {
    const { totals } = image.inspect;
    expect(totals.contentBytes).toBe(totals.rootfsBytes + totals.wastedBytes);
    const sums = Object.values(sumsOf(image));
    expect(sums).toEqual(sums.map(() => totals.wastedBytes));
  }
}

/** Reads an archive from a file, from pipes and compressed with gzip, and expects the same documents each time. */
export async function documentsEveryWay(path: string, scratch: Scratch): Promise<Documents> {
  const bytes = readFileSync(path);
  const compressed = path.endsWith('.gz') ? bytes : gzipSync(bytes, { level: 1 });
  const fromFile = await documentsOf({ path }, { threads: 0 });
  for (const input of [
    { source: memorySource(bytes), path },
    { source: rangeSource(memorySource(Buffer.concat([Buffer.alloc(5), bytes])), 5, bytes.length), path },
    { source: served(bytes), path },
    pipe(bytes),
    pipe(bytes, pieceSizes(statSync(path).size)),
    pipe(compressed, pieceSizes(compressed.length, 20_000)),
    { path: scratch.file(compressed) },
  ]) {
    expect(await documentsOf(input, { threads: 0 })).toEqual(fromFile);
  }
  return fromFile;
}

/** Returns a source that sends bytes on request, in pieces. */
export function served(bytes: Uint8Array): AsyncByteSource {
  return remoteSource({
    name: 'a server',
    size: bytes.length,
    async *fetch(position, length) {
      for (let at = position; at < position + length; at += SERVED_BYTES)
        yield bytes.slice(at, Math.min(at + SERVED_BYTES, position + length));
    },
  });
}

const SERVED_BYTES = 20_000;

/** Returns bytes that an installed program compressed. */
export function compressedBy(tool: 'zstd' | 'xz' | 'bzip2', bytes: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(tool, ['-1', '-c'], { input: bytes, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${tool}: ${stderr}`);
  return stdout;
}

/** Returns a tar of a folder that the installed `tar` makes. */
export function tarOfFolder(folder: string): Uint8Array {
  const { status, stdout, stderr } = spawnSync('tar', ['-C', folder, '-cf', '-', '.'], {
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  return stdout;
}
