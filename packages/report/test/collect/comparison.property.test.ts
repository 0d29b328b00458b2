import { analyse, inspectDocument } from '@layers/core/analysis';
import { compareImages, type FileChange } from '@layers/core/diff';
import { memorySource } from '@layers/core/io';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonReport } from '../../src/collect/index.ts';
import { decodeReport, encodeReport, type ReportData } from '../../src/data/index.ts';
import { cellOf, isLeaf, partsOf } from '../../src/view/cell.ts';
import { layerSums } from '../../src/view/comparison-layer-rows.ts';
import { itemsByKind, PATH_KINDS } from '../../src/view/comparison-tables.ts';
import { Paths } from '../../src/view/paths.ts';
import { Contents } from '../../src/view/picture.ts';

type Stack = readonly (readonly EntrySpec[])[];

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
const readStack = (stack: Stack) => readOne({ source: memorySource(ociArchive(stack)), path: 'image.tar' });

async function compared(stackA: Stack, stackB: Stack) {
  const [a, b] = [await readStack(stackA), await readStack(stackB)];
  const diff = await compareImages(a, b);
  const { totals: before } = inspectDocument(analyse(a), { top: 0 });
  const data = comparisonReport(analyse(b), diff, { before, ownerOf: () => null, redact: null });
  return { diff, data, paths: new Paths(data.columns, true) };
}

/** The bytes by which a change grows the image. Another hard link to the same content adds none. */
const growthOf = ({ sizeBytesA = 0, sizeBytesB = 0, linkedTo }: FileChange): number =>
  linkedTo === undefined ? sizeBytesB - sizeBytesA : 0;

const hasLinks = (stack: Stack): boolean => stack.flat().some(({ type }) => type === 'link');

function encoded(data: ReportData): Uint8Array {
  return Uint8Array.from(Buffer.concat(Array.from(encodeReport(data), (chunk) => Uint8Array.from(chunk))));
}

describe('a report about random images', () => {
  it('has each difference once, in the order of diff, with its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, layerStack, async (stackA, stackB) => {
        const { diff, data, paths } = await compared(stackA, stackB);
        const { columns } = data;
        const files = [...(diff.files ?? [])];
        expect([...columns.path].map((path) => paths.textOf(path))).toEqual(files.map(({ path }) => path));
        expect(files.map((_, item) => paths.growthOf(item))).toEqual(files.map(growthOf));
        if (!hasLinks(stackA) && !hasLinks(stackB))
          expect(sum(files.map((_, item) => paths.growthOf(item)))).toBe(diff.totals?.deltaBytes);
        expect(data.facts.comparison?.moved.length).toBe(diff.totals?.renamed);
        const kinds = itemsByKind(paths);
        expect([kinds.added.length, kinds.removed.length]).toEqual([
          diff.totals?.added,
          diff.totals?.removed,
        ]);
        expect(sum(PATH_KINDS.map((kind) => kinds[kind].length))).toBe(
          files.filter(({ change }) => change !== 'renamed').length,
        );
      }),
      { numRuns: runs(30, 2000) },
    );
  });

  it('has the same sums by directory and by layer, and is the same after it is written and read', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, layerStack, async (stackA, stackB) => {
        const { data, paths } = await compared(stackA, stackB);
        const set = new Contents(paths).setOf(-1);
        const whole = set.netBetween(0, set.items.length);
        expect(whole).toBe(
          sum(Array.from({ length: data.columns.items }, (_, item) => paths.growthOf(item))),
        );
        const layers = layerSums(paths, data.facts.inspect.layers.length + 1);
        expect(sum(layers.map(({ grown, shrunk }) => grown - shrunk))).toBe(whole);
        const queue = [cellOf(set, 0)];
        for (const cell of queue) {
          const parts = partsOf(cell);
          if (cell.to > cell.from && !isLeaf(cell))
            expect(sum(parts.map(({ from, to }) => set.netBetween(from, to)))).toBe(
              set.netBetween(cell.from, cell.to),
            );
          queue.push(...parts);
        }
        const decoded = decodeReport(encoded(data));
        expect(decoded.columns).toEqual(data.columns);
        expect(decoded.facts).toEqual(JSON.parse(JSON.stringify(data.facts)));
      }),
      { numRuns: runs(30, 2000) },
    );
  });
});
