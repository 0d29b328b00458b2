import { createHash } from 'node:crypto';
import { logDocument } from '@layers/insight/log';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { naiveEvents, plainPath } from '@layers/testing/naive-events';
import { latin1, type NaiveInode, naiveUnion, readName } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const scratch = useScratch();

type Stack = readonly (readonly EntrySpec[])[];

function digestOf(stack: Stack, { type, from }: NaiveInode): string | null {
  const spec = stack[from?.layer ?? -1]?.[from?.entry ?? -1];
  if (type !== 'file' || spec === undefined) return null;
  const { data = new Uint8Array(0), sparse } = spec;
  const bytes = sparse === undefined ? Buffer.from(data) : Buffer.alloc(sparse.realSize);
  let at = 0;
  for (const [offset, length] of sparse?.extents ?? []) {
    bytes.set(data.subarray(at, at + length), offset);
    at += length;
  }
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Returns the layers that hide what lower layers have in a directory that exists before and after. */
function emptyingLayers(stack: Stack, path: string): number[] {
  return stack.flatMap((specs, layer) => {
    const isDirectory = (count: number): boolean =>
      naiveUnion(stack.slice(0, count)).tree.get(path)?.type === 'directory';
    const hides = specs
      .map(readName)
      .some(({ what, path: at }) => at === path && /whiteout|opaque/.test(what));
    return layer > 0 && hides && isDirectory(layer) && isDirectory(layer + 1) ? [layer] : [];
  });
}

function naiveLog(stack: Stack, path: string): string[] {
  const emptying = emptyingLayers(stack, path);
  const events = (naiveEvents(stack).get(path) ?? []).map(({ layer, change, inode }) => ({
    layer,
    line: JSON.stringify([
      layer,
      emptying.includes(layer) ? 'opaque' : change,
      inode.type,
      digestOf(stack, inode),
    ]),
  }));
  const more = emptying
    .filter((layer) => events.every((event) => event.layer !== layer))
    .map((layer) => ({ layer, line: JSON.stringify([layer, 'opaque', 'directory', null]) }));
  return [...events, ...more].sort((a, b) => a.layer - b.layer).map(({ line }) => line);
}

test('the log of a path is that of the trees of all stacks of layers', async () => {
  const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(layerStack, numbers, fc.boolean(), async (stack, chosen, gzip) => {
      const archive = ociArchive(stack, { stored: [gzip ? 'gzip' : 'raw'] });
      const image = await readOne({ path: scratch.file(archive) });
      const paths = [...naiveEvents(stack).keys()];
      if (paths.length === 0) return;
      for (const number of chosen) {
        const path = Buffer.from(paths[number % paths.length] ?? '', 'latin1');
        const document = await logDocument(image, path, { patch: number % 2 === 0 });
        const found = plainPath(document);
        expect(document.visible).toBe(naiveUnion(stack).tree.has(found));
        const lines = document.events.map(({ layer, change, type, digest }) =>
          JSON.stringify([layer, change, type, digest]),
        );
        expect([found, lines]).toEqual([found, naiveLog(stack, found)]);
        // A path without symlinks above it is itself.
        const parents = latin1(path)
          .split('/')
          .slice(1, -1)
          .map((_, i, all) => `/${all.slice(0, i + 1).join('/')}`);
        const isLink = (parent: string): boolean => naiveUnion(stack).tree.get(parent)?.type === 'symlink';
        if (!parents.some(isLink)) expect(found).toBe(latin1(path));
        for (const { change, by } of document.events)
          expect(by === undefined).toBe(!/deleted|opaque/.test(change));
      }
    }),
    { numRuns: runs(200, 5000) },
  );
});
