import { type DuplicateContent, duplicatesDocument } from '@layers/insight/duplicates';
import { analysed, INPUTS } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { latin1, naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const scratch = useScratch();

/** The bytes of a file, holes included. */
function bytesOf({ data = new Uint8Array(0), sparse }: EntrySpec): string {
  if (sparse === undefined) return latin1(data);
  const whole = Buffer.alloc(sparse.realSize);
  let from = 0;
  for (const [offset, length] of sparse.extents) {
    whole.set(data.subarray(from, from + length), offset);
    from += length;
  }
  return latin1(whole);
}

/** Parents before their children, and siblings in byte order. */
function inTreeOrder(a: string, b: string): number {
  return a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1;
}

/** Finds duplicates by comparing every file with every other one. */
function naiveDuplicates(stack: readonly (readonly EntrySpec[])[]): string[] {
  const tree = [...naiveUnion(stack).tree];
  const groups = new Map<string, string[]>();
  for (const [path, inode] of tree) {
    if (inode.type !== 'file' || inode.size === 0 || inode.from === null) continue;
    const { layer, entry } = inode.from;
    const names = tree.filter(([, other]) => other.from?.layer === layer && other.from.entry === entry);
    const [first = ''] = names.map(([name]) => name).sort(inTreeOrder);
    if (first !== path) continue;
    const bytes = bytesOf(stack[layer]?.[entry] ?? { path: '' });
    groups.set(bytes, [...(groups.get(bytes) ?? []), `${path} ${layer} ${names.length}`]);
  }
  return [...groups]
    .filter(([, files]) => files.length > 1)
    .map(([bytes, files]) => JSON.stringify([bytes.length, bytes.length * (files.length - 1), files.sort()]))
    .sort();
}

function linesOf(duplicates: Iterable<DuplicateContent>): string[] {
  return Array.from(duplicates, ({ sizeBytes, savableBytes, files }) => {
    const lines = files.map(({ path, pathBase64, layer, names }) => {
      const bytes = pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64');
      return `${latin1(bytes)} ${layer} ${names}`;
    });
    return JSON.stringify([sizeBytes, savableBytes, lines.sort()]);
  }).sort();
}

test('the duplicates are those that a comparison of all pairs finds, from every form of input', async () => {
  await fc.assert(
    fc.asyncProperty(
      layerStack,
      fc.constantFrom(...INPUTS),
      fc.boolean(),
      async (stack, [way, input], gzip) => {
        const archive = ociArchive(stack, { stored: [gzip ? 'gzip' : 'raw'] });
        const analysis = await analysed(input(archive, scratch));
        const isSparse = stack.flat().some(({ sparse }) => sparse !== undefined);
        // The bytes of a sparse file are read again.
        if (way === 'a pipe' && isSparse) return;
        const { totals, duplicates } = await duplicatesDocument(analysis);
        const expected = naiveDuplicates(stack);
        expect(linesOf(duplicates)).toEqual(expected);
        expect(totals.contents).toBe(expected.length);
        const saved = Array.from(duplicates, ({ savableBytes }) => savableBytes);
        expect(totals.savableBytes).toBe(saved.reduce((sum, bytes) => sum + bytes, 0));
        expect(saved).toEqual(saved.toSorted((a, b) => b - a));
      },
    ),
    { numRuns: runs(200, 5000) },
  );
});
