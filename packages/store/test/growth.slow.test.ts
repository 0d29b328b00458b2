import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { planRemovals } from '../src/garbage/plan-removals.ts';
import { createDocumentReader } from '../src/images/document-reader.ts';
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
