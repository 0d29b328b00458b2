import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { mountSmallDisk } from '@layers/testing/mounts';
import { existingLayer, tarOf } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { checkStore, listImages, openStore, pruneStore, removeImages, type Store } from '../../src/index.ts';
import { imageWith, load, namesIn } from '../support/stores.ts';

const scratch = useScratch();

const large = (name: string, tags: readonly string[]) =>
  imageWith([existingLayer(tarOf(name, name.repeat(100_000)))], { tags, author: name });

/** Runs a test in a store on a disk without free space. Returns false where this user cannot mount. */
async function onFullDisk(name: string, work: (store: Store) => Promise<void>): Promise<boolean> {
  const directory = join(scratch.folder, name);
  mkdirSync(directory);
  const unmount = mountSmallDisk(directory, 4);
  if (unmount === null) return false;
  try {
    const store = openStore(join(directory, 'store'), { create: true });
    await load(store, [large('a', ['a:1']), large('b', ['b:1'])]);
    await load(store, [large('c', ['b:1'])]);
    fill(join(directory, 'fill'));
    await work(store);
  } finally {
    unmount();
  }
  return true;
}

function fill(path: string): void {
  const descriptor = openSync(path, 'w');
  for (const bytes of [Buffer.alloc(4096), Buffer.alloc(1)]) {
    try {
      for (;;) writeSync(descriptor, bytes);
    } catch (error) {
      expect(systemCode(error)).toBe('ENOSPC');
    }
  }
  closeSync(descriptor);
}

test('images are removed on a full disk', async (context) => {
  const done = await onFullDisk('remove', async (store) => {
    const removals = await removeImages(store, ['a:1']);
    expect(removals.map(({ kind }) => kind)).toEqual(['untagged', 'image', 'blob', 'blob', 'blob']);
    expect(Object.keys(namesIn(store))).toContain('b:1');
    expect(listImages(store)).toHaveLength(2);
    expect((await checkStore(store)).findings).toEqual([]);
  });
  if (!done) context.skip('this user cannot mount a file system');
});

test('a store on a full disk is pruned', async (context) => {
  const done = await onFullDisk('prune', async (store) => {
    const { images, blobs } = await pruneStore(store);
    expect([images.length, blobs.length]).toEqual([1, 3]);
    expect(Object.keys(namesIn(store)).sort()).toEqual(['a:1', 'b:1']);
    expect((await checkStore(store)).findings).toEqual([]);
  });
  if (!done) context.skip('this user cannot mount a file system');
});
