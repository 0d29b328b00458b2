import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { END_OF_TAR } from '@layers/tar';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildEntry, buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { header } from './support/tar-bytes.ts';

const scratch = useScratch();
const comparer = fileURLToPath(new URL('support/diff-pair.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../packages/core/dist/index.js', import.meta.url));

/** The limit of peak memory for every comparison, in MB. */
const MEGABYTES = 512;
/** Detects a hang. The slowest comparison takes a tenth of it. */
const PATIENCE_MS = 120_000;

interface Outcome {
  readonly identical?: boolean;
  readonly changes?: number;
  readonly patches?: number;
  readonly findings?: readonly string[];
  readonly totals?: object;
  readonly error?: string;
  readonly megabytes: number;
}

/** Compares two archives in a new process, to measure its memory. */
function compare(a: Uint8Array, b: Uint8Array, options: object): Promise<Outcome> {
  const [pathA, pathB] = [join(scratch.folder, 'a'), join(scratch.folder, 'b')];
  writeFileSync(pathA, a);
  writeFileSync(pathB, b);
  return new Promise((resolve, reject) => {
    const args = [comparer, pathA, pathB, JSON.stringify(options)];
    const child = spawn(process.execPath, args, { timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`the comparison ended with ${code ?? signal}`));
    });
  });
}

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const digits = (i: number): string => String(i).padStart(6, '0');
const MIB = 1024 * 1024;

type Compressed = 'gzip' | null;
const image = (layers: readonly Uint8Array[], compression: Compressed = 'gzip'): Buffer =>
  buildDockerArchive({ images: [{ tags: ['app:1'], layers }] }, { form: 'oci', compression });
const imageOf = (entries: readonly EntrySpec[], compression?: Compressed): Buffer =>
  image([buildTar(entries)], compression);

const sparse = (
  path: string,
  realSize: number,
  extents: readonly (readonly [number, number])[],
): EntrySpec => {
  const stored = extents.reduce((sum, [, length]) => sum + length, 0);
  return { path, data: Buffer.alloc(stored, 1), sparse: { realSize, extents } };
};
const WHOLE = [[0, 512]] as const;
const HALVES = [
  [0, 256],
  [256, 256],
] as const;

/** Empty files in one directory. Only the digits of their names differ, so they are fast to generate. */
function numbered(folder: string, count: number, rest: { readonly mode?: string } = {}): Buffer {
  const block = header({ name: `${folder}/${digits(0)}` });
  block.write(rest.mode ?? '0000644', 100, 'latin1');
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  const tar = Buffer.alloc(count * 512);
  for (let i = 0; i < count; i++) {
    const name = digits(i);
    let more = 0;
    for (const digit of name) more += Number(digit);
    block.write(name, folder.length + 1, 'latin1');
    block.write(`${(sum + more).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    block.copy(tar, i * 512);
  }
  return tar;
}

/** Hard links to few files. `target` returns the file of each link. */
const linked = (count: number, target: (i: number) => number, files: readonly number[]): Buffer =>
  buildTar(
    times(
      count,
      (i): EntrySpec =>
        files.includes(i)
          ? { path: digits(i), data: Buffer.alloc(8 * MIB, 'one content ') }
          : { type: 'link', path: digits(i), linkpath: digits(target(i)) },
    ),
  );

const text = (end: string): Buffer => Buffer.from(`${'a line of text that is long\n'.repeat(37_000)}${end}`);
const packages = (version: string): string =>
  times(60_000, (i) => `P:one\nV:${version.repeat(200)}${digits(i)}\nA:x\n`).join('\n');

interface Bomb {
  readonly make: () => readonly [Uint8Array, Uint8Array];
  readonly options?: object;
  readonly ends: Partial<Outcome>;
  /** A larger limit in MB, if reading both archives needs it. */
  readonly megabytes?: number;
}

const FILES = { only: ['files'] };

const BOMBS: Readonly<Record<string, Bomb>> = {
  'sparse files of a pebibyte, with their holes in different places': {
    make: () => [imageOf([sparse('f', 2 ** 50, WHOLE)], null), imageOf([sparse('f', 2 ** 50, HALVES)], null)],
    options: FILES,
    ends: { identical: true },
  },
  'the same, compressed': {
    make: () => [imageOf([sparse('f', 2 ** 50, WHOLE)]), imageOf([sparse('f', 2 ** 50, HALVES)])],
    options: FILES,
    ends: { identical: true },
  },
  'sparse files of a pebibyte in layers that may be equal': {
    make: () => [imageOf([sparse('f', 2 ** 50, WHOLE)]), imageOf([sparse('f', 2 ** 50, HALVES)])],
    options: { only: ['layers'], ignore: ['layer-bytes'] },
    ends: { identical: true },
  },
  '2,000 sparse files after 128 MB of zeros': {
    make: () => {
      const of = (extents: readonly (readonly [number, number])[]): Buffer =>
        imageOf([
          { path: 'zeros', data: Buffer.alloc(128 * MIB) },
          ...times(2000, (i) => sparse(digits(i), 1024, extents)),
        ]);
      return [of(WHOLE), of(HALVES)];
    },
    options: FILES,
    ends: { identical: true },
  },
  '30,000 names of one file, and one name more': {
    make: () => [image([linked(30_000, () => 0, [0])]), image([linked(30_001, () => 0, [0])])],
    options: { only: ['files'], ignore: [] },
    ends: { identical: false, changes: 30_001 },
  },
  '20,000 hard links that alternate between two equal files': {
    make: () => [
      image([linked(20_000, () => 0, [0])], null),
      image([linked(20_000, (i) => i % 2, [0, 1])], null),
    ],
    options: FILES,
    ends: { identical: true },
  },
  '20,000 equal files, each moved to another directory': {
    make: () => {
      const of = (parity: number): Buffer =>
        Buffer.concat([
          ...times(40_000, (i) => header({ name: `${digits(i)}/`, type: '5' })),
          ...times(40_000, (i) => (i % 2 === parity ? small(`${digits(i)}/x`) : Buffer.alloc(0))),
          END_OF_TAR,
        ]);
      return [image([of(0)]), image([of(1)])];
    },
    options: FILES,
    ends: { changes: 20_000 },
  },
  'names that make globs backtrack': {
    make: () => {
      const of = (bytes: string): Buffer =>
        imageOf(
          times(200, (i) => ({
            path: `${'test/'.repeat(700)}${'a'.repeat(200)}${i}`,
            data: Buffer.from(bytes),
          })),
        );
      return [of('1'), of('2')];
    },
    options: {
      only: ['files'],
      include: ['**/test/**/test/**/test/**/*.py', '*a*a*a*a*a*a*b', '/**/{t*,te*}/**/*a*/b'],
    },
    ends: { identical: true },
  },
  '100,000 files of one directory, all with a different mode': {
    make: () => [
      image([Buffer.concat([numbered('d', 100_000), END_OF_TAR])]),
      image([Buffer.concat([numbered('d', 100_000, { mode: '0000600' }), END_OF_TAR])]),
    ],
    options: FILES,
    ends: { changes: 100_000 },
  },
  '100,000 removed files in the format of docker': {
    make: () => [image([Buffer.concat([numbered('d', 100_000), END_OF_TAR])]), image([END_OF_TAR])],
    options: { docker: true },
    ends: { changes: 1 },
  },
  'sparse package databases of the largest size that is read': {
    make: () => {
      const of = (byte: number): Buffer =>
        imageOf(
          [
            ['var/lib/rpm/Packages', 256],
            ['lib/apk/db/installed', 64],
            ['var/lib/dpkg/status', 64],
          ].map(([path, mebibytes]) => ({
            ...sparse(String(path), Number(mebibytes) * MIB, WHOLE),
            data: Buffer.alloc(512, byte),
          })),
        );
      return [of(1), of(2)];
    },
    options: { only: ['packages'] },
    ends: { identical: false, findings: ['package-database-unreadable'] },
  },
  '60,000 long, similar versions of one package': {
    make: () => [
      imageOf([{ path: 'lib/apk/db/installed', data: Buffer.from(packages('1.')) }]),
      imageOf([{ path: 'lib/apk/db/installed', data: Buffer.from(packages('2.')) }]),
    ],
    options: { only: ['packages'] },
    ends: { identical: false },
  },
  'patches of 60 files of 1 MB': {
    make: () => {
      const of = (end: string): Buffer => imageOf(times(60, (i) => ({ path: digits(i), data: text(end) })));
      return [of('one\n'), of('two\n')];
    },
    options: { only: ['files'], patch: {} },
    ends: { changes: 60 },
  },
  'patches beyond the size limit': {
    make: () => {
      const of = (line: string): Buffer => {
        const data = Buffer.from(line.repeat(MIB / line.length));
        return imageOf(times(50, (i) => ({ path: digits(i), data })));
      };
      return [of('all of one kind\n'), of('all of another\n\n')];
    },
    options: { only: ['files'], patch: {} },
    ends: { changes: 50, patches: 29 },
  },
  'an interruption while patches are computed': {
    make: () => {
      const of = (end: string): Buffer =>
        imageOf(
          times(200, (i) => ({ path: digits(i), data: text(end) })),
          null,
        );
      return [of('one\n'), of('two\n')];
    },
    options: { only: ['files'], patch: {}, interrupt: true },
    ends: { error: 'interrupted' },
  },
  'more one-sided paths than are searched for renames': {
    make: () => [
      image([Buffer.concat([numbered('a', 260_000), END_OF_TAR])]),
      image([Buffer.concat([numbered('b', 260_000), END_OF_TAR])]),
    ],
    options: FILES,
    ends: { changes: 520_002, findings: ['renames-not-searched'] },
  },
};

function small(path: string): Buffer {
  return buildEntry({ path, data: Buffer.from('same') });
}

describe.skipIf(!existsSync(built))('no comparison exceeds its memory limit or hangs', () => {
  test.each(Object.entries(BOMBS))(
    '%s',
    async (name, { make, options = {}, ends, megabytes = MEGABYTES }) => {
      const outcome = await compare(...make(), options);
      if (process.env['LAYERS_LONG'] === '1') console.log(name, outcome);
      expect(outcome).toMatchObject(ends);
      expect(outcome.megabytes).toBeLessThan(megabytes);
    },
    2 * PATIENCE_MS,
  );
});
