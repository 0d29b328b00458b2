import { copyFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive, readImage } from '@layers/core/image';
import { writeImages } from '@layers/rewrite/archive';
import { repackedImage } from '@layers/rewrite/change';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { demo } from '@layers/testing/test-store';
import { expect, test } from 'vitest';
import { openStore } from '../../src/layout/open-store.ts';
import { loadImages } from '../../src/load/load-images.ts';
import { imageAsStored } from '../../src/save/image-as-stored.ts';

const scratch = useScratch();
const at = (name: string): string => join(scratch.folder, name);

async function open(path: string) {
  const archive = await openArchive({ path });
  const [description] = archive.images;
  if (description === undefined) throw new Error('the archive has no image');
  return { archive, description };
}

/** Changes the time of files once. */
function changeOf(paths: () => readonly string[]): () => void {
  let isFirst = true;
  return () => {
    if (isFirst) for (const path of paths()) utimesSync(path, 1, 1);
    isFirst = false;
  };
}

test('an archive that changes while it is loaded, and blobs that change while they are saved, are refused', async () => {
  const store = openStore(at('store'), { create: true });
  copyFileSync(demo, at('in.tar'));
  const { archive, description } = await open(at('in.tar'));
  const image = repackedImage(await readImage(archive, description));
  const onProgress = changeOf(() => [at('in.tar')]);
  const loading = () => loadImages(store, [image], { onProgress });
  expect(await codeOfAsync(loading)).toBe('ERR_LAYERS_INPUT_CHANGED');

  const fresh = await open(at('in.tar'));
  await loadImages(store, [repackedImage(await readImage(fresh.archive, fresh.description))]);
  const stored = await open(at('store'));
  const saved = imageAsStored(stored.archive, stored.description);
  if (saved === null) throw new Error('the image is not stored');
  const blobs = () => {
    const folder = join(at('store'), 'blobs', 'sha256');
    return readdirSync(folder).map((name) => join(folder, name));
  };
  const save = (change: () => void) =>
    writeImages(
      [saved],
      { kind: 'file', path: at('out.tar'), force: true },
      { format: 'hybrid', onProgress: change },
    );
  expect(await codeOfAsync(() => save(changeOf(blobs)))).toBe('ERR_LAYERS_INPUT_CHANGED');
  await save(() => undefined);
  expect(statSync(at('out.tar')).size).toBeGreaterThan(0);
});
