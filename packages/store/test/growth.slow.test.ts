import type { Digest } from '@layers/core/digest';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { planRemovals } from '../src/garbage/plan-removals.ts';
import { createDocumentReader } from '../src/images/document-reader.ts';
import { ImageTable } from '../src/images/image-table.ts';
import type { IndexedImage } from '../src/images/list-images.ts';
import { EntryEditor } from '../src/layout/edit-entries.ts';
import { entryName } from '../src/layout/entry-names.ts';
import type { IndexEntry } from '../src/layout/index-entry.ts';
import { readStoreIndex } from '../src/layout/store-index.ts';
import { image, load, newStore } from './support/stores.ts';

const { folder } = useScratch();

const SMALL = 500;
const LARGE = 4 * SMALL;

/** Returns entries that count how often their names are read. */
function counted(entries: readonly IndexEntry[]): {
  readonly entries: readonly IndexEntry[];
  readonly reads: () => number;
} {
  let reads = 0;
  const counting = entries.map(({ name, descriptor, raw }) => ({
    descriptor,
    raw,
    get name() {
      reads++;
      return name;
    },
  }));
  return { entries: counting, reads: () => reads };
}

const namesUpTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `app:${i}`);

async function entriesOf(count: number) {
  const store = newStore(folder);
  await load(store, [image([`${count}`], namesUpTo(count))]);
  return { store, entries: readStoreIndex(store).entries };
}

test('the work of naming grows with the number of names, not with its square', async () => {
  const work = async (count: number): Promise<number> => {
    const { entries, reads } = counted((await entriesOf(count)).entries);
    const editor = new EntryEditor(entries);
    const [other] = (await entriesOf(1)).entries;
    for (const text of namesUpTo(count)) {
      const name = entryName(text);
      if (name !== null && other !== undefined) editor.name(other, name);
    }
    expect(editor.entries().length).toBeGreaterThanOrEqual(count);
    return reads();
  };
  expect(await work(LARGE)).toBeLessThan(5 * (await work(SMALL)));
}, 60_000);

test('the work of removing grows with the number of names, not with its square', async () => {
  const work = async (count: number): Promise<number> => {
    const { store, entries: stored } = await entriesOf(count);
    const { entries, reads } = counted(stored);
    const { removed } = planRemovals(store, entries, namesUpTo(count), {}, createDocumentReader(store));
    expect(removed).toHaveLength(count);
    return reads();
  };
  expect(await work(LARGE)).toBeLessThan(5 * (await work(SMALL)));
}, 60_000);

test('the work of removing by ids grows with the number of images, not with its square', async () => {
  const work = async (count: number): Promise<number> => {
    const store = newStore(folder);
    const images = namesUpTo(count).map((name) => image([`${count} ${name}`], [name]));
    const ids = (await load(store, images)).map(({ id }) => id ?? '');
    const { entries, reads } = counted(readStoreIndex(store).entries);
    const { removed } = planRemovals(store, entries, ids, {}, createDocumentReader(store));
    expect(removed).toHaveLength(count);
    return reads();
  };
  expect(await work(120)).toBeLessThan(5 * (await work(30)));
}, 120_000);

function indexedImage(id: Digest, manifestDigest: Digest, refs: readonly string[]): IndexedImage {
  const sizes = { sizeBytes: 0, uniqueBytes: 0, sharedBytes: 0 };
  const rest = {
    indexDigests: [],
    created: null,
    platform: null,
    layers: [],
    isUncompressed: true,
    problem: null,
  };
  return {
    image: { id, manifestDigest, refs, ...rest, ...sizes },
    descriptor: {
      mediaType: '',
      digest: manifestDigest,
      size: 0,
      artifactType: undefined,
      platform: undefined,
      annotations: new Map(),
      urls: [],
      data: undefined,
    },
    entries: new Set(),
  };
}

test('a query looks only at the images that it can match, among 100,000', () => {
  const digestOf = (kind: string, i: number) =>
    `sha256:${i.toString(16).padStart(8, '0')}${kind.repeat(56)}` as const;
  const images = Array.from({ length: 100_000 }, (_, i) =>
    indexedImage(digestOf('a', i), digestOf('b', i), [`app:${i}`]),
  );
  const table = new ImageTable(images);
  for (const i of [0, 99_999]) {
    for (const ref of [
      `app:${i}`,
      `docker.io/library/app:${i}`,
      digestOf('a', i),
      digestOf('b', i).slice(7),
    ]) {
      expect(table.candidates(ref)).toEqual([images[i]]);
    }
    expect(table.candidates(`app@${digestOf('b', i)}`)).toEqual([images[i]]);
  }
  expect(table.candidates('0001869')).toEqual(images.slice(0x18690, 0x186a0));
  expect(table.candidates('other:1')).toEqual([]);
});
