import { writeFileSync } from 'node:fs';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildEntry, buildTar, sealHeader } from '@layers/testing/tar-builder';
import { createTestStore, type TestStore } from '@layers/testing/test-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Work in proportion to ten times the input takes ten times the processor time; pairwise work a hundred times. */
const FACTOR = 10;
const MOST_GROWTH = 3 * FACTOR;
/** Less than this is not measured well. */
const LEAST_MICROSECONDS = 20_000;

const stores: TestStore[] = [];
afterAll(() => {
  for (const store of stores) store.remove();
});

function newStore(): TestStore {
  const store = createTestStore();
  stores.push(store);
  return store;
}

/** Returns the processor time of all threads. */
async function microseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function write(store: TestStore, name: string, images: Parameters<typeof buildDockerArchive>[0]): string {
  const file = store.at(name);
  writeFileSync(file, buildDockerArchive(images, { form: 'legacy' }));
  return file;
}

/** Writes an archive of one image with many names. */
function manyTags(store: TestStore, count: number): string {
  const layer = buildTar([{ path: 'text', data: Buffer.from('text') }]);
  return write(store, 'tags.tar', {
    images: [{ tags: numbers(count).map((i) => `app:${i}`), layers: [layer] }],
  });
}

const nameOf = (i: number): string => `dir${i % 100}/file${String(i).padStart(6, '0')}`;

/** Returns a tar of files with the same content, quickly: only names and checksums differ. */
function tarOfFiles(indexes: readonly number[], content: string): Buffer {
  const model = buildEntry({ path: nameOf(0), data: Buffer.from(content) });
  const tar = Buffer.alloc(indexes.length * model.length + 1024);
  indexes.forEach((index, position) => {
    model.copy(tar, position * model.length);
    const header = tar.subarray(position * model.length, position * model.length + 512);
    header.write(nameOf(index));
    sealHeader(header);
  });
  return tar;
}

/** Writes an archive of one image with many files, a quarter of them again in a second layer. */
function writeFiles(store: TestStore, name: string, count: number, content: string): void {
  const all = numbers(count);
  const layers = [
    tarOfFiles(all, content),
    tarOfFiles(
      all.filter((i) => i % 4 === 0),
      'upper',
    ),
  ];
  write(store, name, { images: [{ tags: ['app:1'], layers }] });
}

interface Case {
  readonly name: string;
  /** Prepares an input of that size, and returns the command lines to measure. */
  prepare(store: TestStore, count: number): Promise<readonly (readonly string[])[]>;
}

async function withTags(store: TestStore, count: number): Promise<string> {
  const file = manyTags(store, count);
  await store.out(['load', '-q', '-i', file]);
  return file;
}

const OF_TAGS: readonly Case[] = [
  {
    name: 'load',
    prepare: async (store, count) => [['load', '-q', '-i', manyTags(store, count)]],
  },
  {
    name: 'list, and inspect of the archive',
    prepare: async (store, count) => [
      ['list', manyTags(store, count)],
      ['inspect', '--json', manyTags(store, count)],
    ],
  },
  ...(
    [
      ['images', [['images', '--json']]],
      ['images with a template', [['images', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}']]],
      ['tag', [['tag', 'app:0', 'other:1']]],
      ['inspect', [['inspect', 'app:0']]],
      ['prune', [['prune', '--dry-run']]],
      ['store check', [['store', 'check']]],
      ['save', [['save', '-q', 'app', '-o', 'OUT']]],
      ['squash', [['squash', '-q', '--all-tags', 'app:0', '-o', 'OUT']]],
      ['rmi', [['rmi', 'TAGS']]],
    ] as const
  ).map(
    ([name, lines]): Case => ({
      name,
      async prepare(store, count) {
        await withTags(store, count);
        const tags = numbers(count).map((i) => `app:${i}`);
        return lines.map((line) =>
          line.flatMap((word) => (word === 'TAGS' ? tags : word === 'OUT' ? [store.at('out.tar')] : [word])),
        );
      },
    }),
  ),
];

/** Command lines on the files of `A` and `B`. */
const OF_FILES: readonly (readonly [string, ...string[]])[] = [
  ['inspect', '--json', 'A'],
  ['ls', '-R', 'A'],
  ['ls', '-R', '-f', 'table {{.Path}}\t{{.Size}}', 'A'],
  ['tree', 'A'],
  ['tree', '-f', '{{.Path}} {{.Size}}', 'A'],
  ['waste', '--json', 'A'],
  ['advise', '--json', '--min-size', '0', 'A'],
  ['dockerfile', '--json', 'A'],
  ['check', '--json', '--max-wasted', '1', '--forbid', 'file*', '--forbid-setuid', '--max-junk', '1', 'A'],
  ['check', '--json', '--against', 'A', '--max-growth', '1', 'B'],
  ['duplicates', '--json', 'A'],
  ['find', '--json', 'A', 'file*'],
  ['report', 'A'],
  ['report', 'A', 'B'],
  ['secrets', '--json', 'A'],
  ['packages', '--json', '--all-layers', 'A'],
  ['cat', 'A', '/dir1/file*'],
  ['diff', '--json', 'A', 'B'],
  ['diff', '-f', '{{range .files}}{{println .path}}{{end}}', 'A', 'B'],
  ['squash', '-q', 'A', '-o', '/dev/null'],
  ['repack', '-q', '--reproducible', 'A', '-o', '/dev/null'],
  ['rechunk', '-q', 'A', '-o', '/dev/null'],
  ['export', '-q', 'A', '-o', '/dev/null'],
  ['verify', 'A'],
];

function costOfLine(store: TestStore, line: readonly string[]): Promise<number> {
  return microseconds(async () => {
    const { status, stderr } = await store.layers(line);
    if (status !== 0 && status !== 1) throw new Error(stderr);
  });
}

/** Returns the time of the command lines on a new store with an input of that size. */
async function costOf({ prepare }: Case, count: number): Promise<number> {
  const store = newStore();
  const lines = await prepare(store, count);
  let cost = 0;
  for (const line of lines) cost += await costOfLine(store, line);
  store.remove();
  return cost;
}

async function growthOf(measured: Case, count: number): Promise<number> {
  // The first run also compiles the code.
  await costOf(measured, count / FACTOR);
  const small = await costOf(measured, count / FACTOR);
  return (await costOf(measured, count)) / Math.max(small, LEAST_MICROSECONDS);
}

describe('the time of a command grows with its input, not with the square', () => {
  it.each(OF_TAGS)(
    '$name, with 10,000 names',
    async (measured) => {
      expect(await growthOf(measured, 10_000)).toBeLessThan(MOST_GROWTH);
    },
    120_000,
  );

  describe('with 100,000 files', () => {
    const store = newStore();
    beforeAll(() => {
      for (const count of [10_000, 100_000])
        for (const version of ['A', 'B']) writeFiles(store, `${version}-${count}.tar`, count, version);
      for (const count of [2000, 20_000]) writeFiles(store, `A-${count}.tar`, count, 'A');
    });

    let runs = 0;
    const cost = (line: readonly string[], count: number): Promise<number> => {
      const words = line.map((word) => {
        if (word === 'OUT') return store.at(`out-${runs++}`);
        return /^[AB]$/.test(word) ? store.at(`${word}-${count}.tar`) : word;
      });
      return costOfLine(store, words);
    };

    it.each(OF_FILES)(
      '%s',
      async (...line) => {
        // The first runs also compile the code.
        const small = Math.min(await cost(line, 10_000), await cost(line, 10_000), await cost(line, 10_000));
        expect((await cost(line, 100_000)) / Math.max(small, LEAST_MICROSECONDS)).toBeLessThan(2 * FACTOR);
      },
      120_000,
    );

    it('extract, with 20,000 files', async () => {
      const line = ['extract', '-q', 'A', 'OUT'];
      const small = Math.min(await cost(line, 2000), await cost(line, 2000));
      expect((await cost(line, 20_000)) / Math.max(small, LEAST_MICROSECONDS)).toBeLessThan(2 * FACTOR);
    }, 120_000);
  });
});
