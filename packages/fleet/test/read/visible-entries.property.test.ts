import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { pathOf, uniteLayers } from '@layers/core/rootfs';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { latin1, naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShown, visibleEntries } from '../../src/read/visible-entries.ts';

test('each path of the root file system shows one entry, and hard links lead to the entry with the content', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, async (stack) => {
      expect(await shownBy(stack)).toEqual(expectedOf(stack));
    }),
    { numRuns: runs(400, 20_000) },
  );
});

/** `PATH LAYER:ENTRY`, with the entry that stores the content. */
function expectedOf(stack: readonly (readonly EntrySpec[])[]): string[] {
  return [...naiveUnion(stack).tree]
    .flatMap(([path, { from }]) => (from === null ? [] : [`${path} ${from.layer}:${from.entry}`]))
    .sort();
}

async function shownBy(stack: readonly (readonly EntrySpec[])[]): Promise<string[]> {
  const image = await readOne({ source: memorySource(ociArchive(stack)), path: 'memory' });
  const union = uniteLayers(image.layers.map(changesetOf));
  const { hidden, links } = visibleEntries(union);
  const isHidden = new Set(keysOf(hidden[0], hidden[1]));
  const targets = new Map(keysOf(links[0], links[1]).map((key, i) => [key, keysOf(links[2], links[3])[i]]));
  return union.layers
    .flatMap((changeset, layer) =>
      Array.from({ length: changeset.count }, (_, entry) => {
        const key = `${layer}:${entry}`;
        if (!isShown(changeset.kind[entry]) || isHidden.has(key)) return [];
        const path = latin1(pathOf(changeset, entry));
        return [`${path === '/' ? '' : path} ${targets.get(key) ?? key}`];
      }).flat(),
    )
    .sort();
}

function keysOf(layers: ArrayLike<unknown> = [], entries: ArrayLike<unknown> = []): string[] {
  return Array.from(layers, (layer, i) => `${String(layer)}:${String(entries[i])}`);
}
