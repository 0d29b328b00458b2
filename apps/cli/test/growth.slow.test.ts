import { writeFileSync } from 'node:fs';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildTar } from '@layers/testing/tar-builder';
import { createTestStore, type TestStore } from '@layers/testing/test-store';
import { afterAll, describe, expect, it } from 'vitest';

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

/** Writes an archive of one image with many files, a quarter of them changed in a second layer, and the rest by `version`. */
function manyFiles(store: TestStore, count: number, version: string): string {
  const entry = (i: number, text: string) => ({
    path: `dir${i % 100}/file${i}`,
    data: Buffer.from(`${text} ${i}`),
  });
  const lower = buildTar(numbers(count).map((i) => entry(i, version)));
  const upper = buildTar(
    numbers(count)
      .filter((i) => i % 4 === 0)
      .map((i) => entry(i, 'upper')),
  );
  return write(store, `files-${version}.tar`, { images: [{ tags: ['app:1'], layers: [lower, upper] }] });
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

const OF_FILES: readonly Case[] = (
  [
    ['inspect', ['inspect', '--json', 'A']],
    ['ls', ['ls', '-R', 'A']],
    ['tree', ['tree', 'A']],
    ['cat', ['cat', 'A', '/dir1/file*']],
    ['diff', ['diff', '--json', 'A', 'B']],
    ['diff --patch', ['diff', '--patch', 'A', 'B']],
    ['squash', ['squash', '-q', 'A', '-o', 'OUT']],
    ['repack --reproducible', ['repack', '-q', '--reproducible', 'A', '-o', 'OUT']],
    ['verify', ['verify', 'A']],
    ['extract', ['extract', '-q', 'A', 'OUT']],
  ] as const
).map(([name, line]) => ({
  name,
  async prepare(store, count) {
    const words = new Map([
      ['A', manyFiles(store, count, 'a')],
      ['B', manyFiles(store, count, 'b')],
      ['OUT', store.at('out')],
    ]);
    return [line.map((word) => words.get(word) ?? word)];
  },
}));

/** Returns the time of the command lines on a new store with an input of that size. */
async function costOf({ prepare }: Case, count: number): Promise<number> {
  const store = newStore();
  const lines = await prepare(store, count);
  const cost = await microseconds(async () => {
    for (const line of lines) {
      const { status, stderr } = await store.layers(line);
      if (status !== 0 && status !== 1) throw new Error(stderr);
    }
  });
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

  it.each(OF_FILES)(
    '$name, with 10,000 files',
    async (measured) => {
      expect(await growthOf(measured, 10_000)).toBeLessThan(MOST_GROWTH);
    },
    120_000,
  );
});
