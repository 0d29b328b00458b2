import { wasteDocument, wastedContents } from '@layers/core/analysis';
import { wasteList } from '@layers/explorer';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { naiveEvents, plainPath } from '@layers/testing/naive-events';
import { naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isGroup, type ListSource } from '../../src/list/list-source.ts';
import { filesList } from '../../src/lists/files-list.ts';
import { analysedOf } from '../support/explored.ts';

function run<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const rowsOf = ({ count }: ListSource): number[] => Array.from({ length: count }, (_, row) => row);

test('wasted contents are those of layers waste, and groups have the sums of what is in them', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, fc.nat(2), async (stack, baseLayers) => {
      const { explorer, analysis } = await analysedOf(stack);
      const { image, index, format } = explorer;
      const source = run(wasteList(wastedContents(analysis, baseLayers), image, index, format));
      const leaves = rowsOf(source).filter((row) => !isGroup(source, row));
      const shown = leaves.map((row) => {
        const [bytes, , stored, by, , cause] = source.cells(row);
        return [source.about(row)[0], Number(bytes), Number(stored), Number(by), cause];
      });
      const expected = wasteDocument(analysis, baseLayers).waste.map((item) => [
        plainPath(item),
        item.sizeBytes,
        item.layer,
        item.unreachableFromLayer,
        item.cause,
      ]);
      expect(sorted(shown)).toEqual(sorted(expected));
      for (const group of rowsOf(source).filter((row) => isGroup(source, row))) {
        const inside = leaves.filter((row) => row > group && row < source.endOf(group));
        const [bytes, files] = source.cells(group);
        expect(Number(bytes)).toBe(inside.reduce((sum, row) => sum + source.bytesOf(row), 0));
        expect(Number(files)).toBe(inside.length);
      }
    }),
    { numRuns: runs(25, 5_000) },
  );
});

test('files of all layers are all versions of each path, with what became of them', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, async (stack) => {
      const { explorer } = await analysedOf(stack);
      const { image, index, format } = explorer;
      const source = run(filesList(image, index, format));
      const expected: unknown[] = [];
      const sizes = new Map<string, number>();
      for (const [path, events] of naiveEvents(stack)) {
        for (const [i, { layer, change, inode }] of events.entries()) {
          if (change === 'deleted' || inode.type === 'directory') continue;
          const next = events[i + 1];
          const what = next?.change === 'deleted' ? 'deleted' : 'replaced';
          const wasted = inode.type === 'file' ? wastedBy(stack, inode.from) : null;
          const ended = next === undefined ? '' : `${what} by ${next.layer}`;
          const size = inode.type === 'file' ? inode.size : 0;
          expected.push([path, layer, size, ended, wasted]);
          if (size > 0) sizes.set(`${inode.from?.layer} ${inode.from?.entry}`, size);
        }
      }
      const shown = rowsOf(source).map((row) => {
        const [bytes, layer] = source.cells(row);
        const about = source.about(row);
        const [path, size] = about;
        const ofLink = / {2}hard link of .* of (\d+)$/s.exec(size ?? '')?.[1];
        expect(Number(bytes)).toBe(ofLink === undefined ? Number(size?.replace(/^size +/, '')) : 0);
        const [ended = ''] = about.filter((line) => /^(deleted|replaced) by/.test(line));
        const [wasted] = about.filter((line) => line.startsWith('wasted by'));
        return [
          path,
          Number(layer),
          Number(ofLink ?? bytes),
          ended.replace(/layer (\d+) .*/, '$1'),
          wasted === undefined ? null : Number(/layer (\d+)/.exec(wasted)?.[1]),
        ];
      });
      expect(sorted(shown)).toEqual(sorted(expected));
      const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      expect(rowsOf(source).reduce((sum, row) => sum + source.bytesOf(row), 0)).toBe(total);
      expect(shown.map(([path]) => path)).toEqual([...shown.map(([path]) => path)].sort(byNames));
    }),
    { numRuns: runs(25, 5_000) },
  );
});

/** Returns the layer after which no path leads to a content; null where one does in the end. */
function wastedBy(
  stack: Parameters<typeof naiveUnion>[0],
  from: { readonly layer: number; readonly entry: number } | null,
): number | null {
  let last = -1;
  stack.forEach((_, layer) => {
    for (const { from: other } of naiveUnion(stack.slice(0, layer + 1)).tree.values())
      if (other?.layer === from?.layer && other?.entry === from?.entry) last = layer;
  });
  return last === stack.length - 1 ? null : last + 1;
}

/** Compares paths name by name. */
function byNames(a: unknown, b: unknown): number {
  const [x, y] = [String(a).split('/'), String(b).split('/')];
  for (const [i, name] of x.entries()) {
    const other = y[i];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return x.length - y.length;
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
