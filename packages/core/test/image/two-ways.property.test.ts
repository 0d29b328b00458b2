import { gzipSync } from 'node:zlib';
import { layerStack } from '@layers/testing/arbitrary-layers';
import {
  buildDockerArchive,
  type Compression,
  canZstd,
  type ImageSpec,
} from '@layers/testing/archive-builder';
import { documentsOf, pipe, sumsOf } from '@layers/testing/documents';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyArchive } from '../../src/analysis/verify.ts';

const scratch = useScratch();
const compressions: readonly (Compression | null)[] = canZstd ? [null, 'gzip', 'zstd'] : [null, 'gzip'];

/** Files that are stored repeatedly with the same length, so that their bytes must be compared. */
const rewritings = fc.array(
  fc.array(
    fc.record({
      path: fc.constantFrom('same/p', 'same/q'),
      data: fc.constantFrom('A', 'B').map((letter) => Buffer.from(`${'x'.repeat(600)}${letter}`)),
      mode: fc.constantFrom(0o644, 0o755),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  { maxLength: 3 },
);

const archive = fc
  .record({
    stack: fc.tuple(layerStack, rewritings).map(([below, above]) => [...below, ...above]),
    tags: fc.constantFrom(['app:1'], ['app:1', 'ghcr.io/me/app:2'], []),
    form: fc.constantFrom('legacy' as const, 'hybrid' as const, 'oci' as const),
    compression: fc.constantFrom(...compressions),
    images: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ stack, tags, form, compression, images }) => {
    const layers = stack.map(buildTar);
    // A second image has the same layers in another order, so that blobs have several positions.
    const specs: ImageSpec[] = [
      { tags, layers },
      { tags: ['other:1'], layers: [...layers].reverse(), config: { architecture: 'arm64' } },
    ];
    return buildDockerArchive({ images: specs.slice(0, images) }, { form, compression });
  });

const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 40_000 })), {
  minLength: 1,
  maxLength: 8,
});

describe('a random archive', () => {
  test('has the same documents from a file, a pipe and a gzip archive, with sums that add up', async () => {
    await fc.assert(
      fc.asyncProperty(archive, pieces, fc.boolean(), async (bytes, sizes, verify) => {
        const path = scratch.file(bytes, 'archive');
        const gzip = scratch.file(gzipSync(bytes, { level: 1 }), 'archive.gz');
        const options = { threads: 0, verify };
        const sought = await documentsOf({ path }, options);
        expect(await documentsOf(pipe(bytes, sizes), options)).toEqual(sought);
        expect(await documentsOf({ path: gzip }, options)).toEqual(sought);
        for (const image of sought.images) {
          const { total, ...sums } = sumsOf(image);
          expect(total).toBe(image.inspect.totals.wastedBytes);
          for (const sum of Object.values(sums)) expect(sum).toBe(total);
        }
      }),
      { numRuns: runs(150, 5000) },
    );
  }, 1_200_000);

  test('with one inverted byte has the same result from a file and a pipe', async () => {
    const answer = async (input: Parameters<typeof verifyArchive>[0]): Promise<unknown> => {
      try {
        const { source: _, ...document } = await verifyArchive(input, { image: '#1' }, { threads: 0 });
        return document;
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : error;
      }
    };
    await fc.assert(
      fc.asyncProperty(archive, pieces, fc.nat(), fc.nat(7), async (bytes, sizes, at, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ (1 << bit);
        const path = scratch.file(damaged, 'damaged');
        expect(await answer(pipe(damaged, sizes))).toEqual(await answer({ path }));
      }),
      { numRuns: runs(150, 20_000) },
    );
  }, 1_200_000);
});
