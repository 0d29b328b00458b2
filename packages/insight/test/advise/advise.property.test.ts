import { wasteDocument } from '@layers/core/analysis';
import { adviceDocument, bestAdvice } from '@layers/insight/advise';
import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const scratch = useScratch();

test('advice on waste adds up to all wasted bytes, no content counts twice, and paths add up', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, async (stack) => {
      const analysis = await analysed({ path: scratch.file(ociArchive(stack)) });
      const { advice, totals } = await adviceDocument(analysis, { minBytes: 0 });
      const { totals: all, wastedBytesByCause: causes } = wasteDocument(analysis);
      const bytesOf = (...codes: readonly string[]): number =>
        advice.reduce((sum, { code, savableBytes }) => sum + (codes.includes(code) ? savableBytes : 0), 0);
      expect(bytesOf('changed-attributes')).toBe(causes.rewritten);
      expect(bytesOf('deleted-later')).toBe(causes.deleted);
      expect(bytesOf('overwritten-later', 'upgraded-packages')).toBe(
        causes.overwritten + causes.replaced + causes['duplicate-entry'],
      );
      expect(totals.repackBytes).toBe(all.wastedBytes);
      expect(totals.savableBytes).toBeLessThanOrEqual(totals.contentBytes);
      expect(totals.contentBytes).toBe(all.contentBytes);
      for (const { savableBytes, files, storedBy, paths, morePaths } of advice) {
        expect(storedBy.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(savableBytes);
        if (morePaths > 0) continue;
        expect(paths.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(savableBytes);
        expect(paths.reduce((sum, path) => sum + path.files, 0)).toBe(files);
      }
      for (const { savableBytes } of bestAdvice(analysis, 3)) {
        expect(advice.map((each) => each.savableBytes)).toContain(savableBytes);
      }
    }),
    { numRuns: runs(40, 2000) },
  );
});
