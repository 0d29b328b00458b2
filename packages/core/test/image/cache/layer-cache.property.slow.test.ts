import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive, type Compression, canZstd } from '@layers/testing/archive-builder';
import { documentsOf } from '@layers/testing/documents';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLayer } from '../../../src/image/cache/decode-layer.ts';
import { encodeLayer } from '../../../src/image/cache/encode-layer.ts';
import type { LayerCache } from '../../../src/image/cache/layer-cache.ts';
import { indexBytes } from '../../../src/image/layers/layer-sink.ts';
import { uniteLayers } from '../../../src/rootfs/union.ts';
import { archiveOf, cacheIn, filesIn, flipByte, untilSettled } from './support.ts';

const scratch = useScratch();
const compressions: readonly Compression[] = canZstd ? ['gzip', 'zstd'] : ['gzip'];

async function answer(path: string, cache?: LayerCache, accessPoints = false): Promise<unknown> {
  const documents = await documentsOf({ path }, { threads: 0, cache, accessPoints });
  return JSON.parse(JSON.stringify(documents), (key, value) => (key === 'verified' ? undefined : value));
}

describe('a random archive', () => {
  test('has the same documents from its layers and from the cache', async () => {
    const directory = join(scratch.folder, 'random');
    const compression = fc.constantFrom(...compressions);
    await fc.assert(
      fc.asyncProperty(layerStack, compression, fc.boolean(), async (stack, kind, points) => {
        const layers = stack.map(buildTar);
        const images = [{ tags: ['a:1'], layers }];
        const bytes = buildDockerArchive({ images }, { form: 'oci', compression: kind });
        const path = scratch.file(bytes, 'archive');
        await untilSettled();
        const cold = await answer(path);
        expect(await answer(path, cacheIn(directory), points)).toEqual(cold);
        expect(await answer(path, cacheIn(directory), points)).toEqual(cold);
      }),
      { numRuns: runs(100, 2000) },
    );
    rmSync(directory, { recursive: true });
  }, 1_200_000);
});

test('a cache in which any one byte is wrong gives the right answer', async () => {
  const directory = join(scratch.folder, 'flipped');
  const path = scratch.file(archiveOf([{ path: 'a/b', data: Buffer.from('content') }]));
  await untilSettled();
  const cold = await answer(path);
  await answer(path, cacheIn(directory), true);
  for (const file of [...filesIn(directory), join(directory, 'key')]) {
    const good = readFileSync(file);
    for (let at = 0; at < good.length; at++) {
      flipByte(file, at);
      expect(await answer(path, cacheIn(directory))).toEqual(cold);
      // Other files may have a new key.
      if (file.endsWith('key')) {
        rmSync(directory, { recursive: true });
        await answer(path, cacheIn(directory), true);
      } else writeFileSync(file, good);
    }
  }
  expect(await answer(path, cacheIn(directory))).toEqual(cold);
}, 600_000);

test('an index with any wrong bytes is refused, or can be used', () => {
  const tar = fc
    .tuple(
      layerStack.filter((stack) => stack.length > 0),
      fc.nat(),
    )
    .map(([stack, at]) => {
      const entries = stack[at % stack.length] ?? [];
      const options = { storedDigests: [], tarDigests: [], fingerprintKey: new Uint8Array(28) };
      const index = indexBytes(buildTar(entries), options);
      return new Uint8Array(Buffer.concat(encodeLayer({ index, isChecked: true })));
    });
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  });
  let used = 0;
  fc.assert(
    fc.property(tar, changes, (bytes, list) => {
      for (const [at, value] of list) bytes[at % bytes.length] = value;
      const kept = decodeLayer(bytes);
      if (kept === null) return;
      used++;
      // Neither throws, nor ends never.
      const { changeset } = kept.index;
      expect(uniteLayers([changeset, changeset]).names).toHaveLength(2);
    }),
    { numRuns: runs(2000, 50_000) },
  );
  expect(used).toBeGreaterThan(10);
}, 600_000);
