import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { WasteByCause } from '@layers/core/analysis';
import { expect } from 'vitest';
import { type Documents, documentsOf, pieceSizes, pipe, sumsOf } from './documents.ts';
import type { Scratch } from './scratch.ts';

/** The figures that an image must have. */
export interface Figures {
  readonly layers: number;
  readonly entries: number;
  readonly contentBytes: number;
  /** Bytes of wasted contents by their cause; causes that are not named waste nothing. */
  readonly waste?: Partial<WasteByCause>;
}

/** Holds the images of an archive against the figures that are known, and each one's waste against its proof. */
export function expectFigures({ images }: Documents, figures: readonly Figures[]): void {
  const none = { deleted: 0, overwritten: 0, rewritten: 0, replaced: 0, 'duplicate-entry': 0 };
  const told = images.map(({ inspect: { totals, wastedBytesByCause } }) => {
    const { layers, entries, contentBytes } = totals;
    return { layers, entries, contentBytes, waste: wastedBytesByCause };
  });
  expect(told).toEqual(figures.map((figure) => ({ ...figure, waste: { ...none, ...figure.waste } })));
  for (const image of images) {
    const { totals } = image.inspect;
    expect(totals.contentBytes).toBe(totals.rootfsBytes + totals.wastedBytes);
    const sums = Object.values(sumsOf(image));
    expect(sums).toEqual(sums.map(() => totals.wastedBytes));
  }
}

/** Reads an archive in a file, as pipes in pieces of several lengths, and gzip-ed as a whole: all must say the same. */
export async function documentsEveryWay(path: string, scratch: Scratch): Promise<Documents> {
  const bytes = readFileSync(path);
  const compressed = path.endsWith('.gz') ? bytes : gzipSync(bytes, { level: 1 });
  const fromFile = await documentsOf({ path }, { threads: 0 });
  for (const input of [
    pipe(bytes),
    pipe(bytes, pieceSizes(statSync(path).size)),
    pipe(compressed, pieceSizes(compressed.length, 20_000)),
    { path: scratch.file(compressed) },
  ]) {
    expect(await documentsOf(input, { threads: 0 })).toEqual(fromFile);
  }
  return fromFile;
}

/** What a compressor of the command line makes of bytes; null where it is not installed, which is said. */
export function compressedBy(tool: 'zstd' | 'xz' | 'bzip2', bytes: Uint8Array): Uint8Array | null {
  const { error, status, stdout } = spawnSync(tool, ['-1', '-c'], { input: bytes, maxBuffer: 2 ** 28 });
  if (error === undefined && status === 0) return stdout;
  console.warn(`skipped: an archive compressed by ${tool}, which is not installed`);
  return null;
}

/** A tar of a folder as a pipe gives it, made by the tar of the command line. */
export function tarOfFolder(folder: string): Uint8Array {
  const { status, stdout, stderr } = spawnSync('tar', ['-C', folder, '-cf', '-', '.'], {
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  return stdout;
}
