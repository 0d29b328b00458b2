import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectDocument } from '../../src/analysis/inspect.ts';
import { wasteDocument } from '../../src/analysis/waste.ts';

const scratch = useScratch();
const stackAndBase = layerStack.chain((stack) =>
  fc.tuple(fc.constant(stack), fc.integer({ min: 1, max: Math.max(1, stack.length) })),
);

test('a base wastes in an image what it wastes alone, and the rest is listed', async () => {
  await fc.assert(
    fc.asyncProperty(stackAndBase, async ([stack, baseLayers]) => {
      const analysis = await analysed({ path: scratch.file(ociArchive(stack)) });
      const alone = wasteDocument(
        await analysed({ path: scratch.file(ociArchive(stack.slice(0, baseLayers))) }),
      );
      const whole = wasteDocument(analysis);
      const { base, waste, wastedBytesByCause, totals } = wasteDocument(analysis, baseLayers);
      expect(base).toEqual({
        layers: baseLayers,
        wastedBytes: alone.totals.wastedBytes,
        ownWastedBytes: totals.wastedBytes - alone.totals.wastedBytes,
      });
      expect(totals).toEqual(whole.totals);
      expect(waste).toEqual(
        whole.waste.filter(({ unreachableFromLayer }) => unreachableFromLayer >= baseLayers),
      );
      const bytes = Object.values(wastedBytesByCause).reduce((sum, each) => sum + each, 0);
      expect(bytes).toBe(base?.ownWastedBytes);
      const inspected = inspectDocument(analysis, { top: 3, baseLayers });
      expect(inspected.base).toEqual(base);
      expect(inspected.wastedBytesByCause).toEqual(wastedBytesByCause);
      expect(inspected.waste.map(({ path }) => path)).toEqual(waste.slice(0, 3).map(({ path }) => path));
      const caused = inspected.layers.map(({ causedWasteBytes }) => causedWasteBytes);
      expect(caused.reduce((sum, each) => sum + each, 0)).toBe(totals.wastedBytes);
      expect(whole.base).toBe(null);
    }),
    { numRuns: runs(40, 2000) },
  );
});
