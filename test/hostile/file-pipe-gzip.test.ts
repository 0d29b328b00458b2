import { gzipSync } from 'node:zlib';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOf, pipe } from './support/answer.ts';

const scratch = useScratch();

test(
  'random images give the same result from a file and a pipe, compressed or not',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        layerStack,
        fc.constantFrom('legacy' as const, 'hybrid' as const, 'oci' as const),
        fc.constantFrom(null, 'gzip' as const),
        fc.nat(),
        async (stack, form, compression, seed) => {
          const image = { tags: ['random:1'], layers: stack.map(buildTar) };
          const bytes = buildDockerArchive({ images: [image] }, { form, compression });
          const packed = gzipSync(bytes);
          const paths = [scratch.file(bytes, 'random'), scratch.file(packed, 'random.gz')];
          const [first, ...others] = [
            ...(await Promise.all(paths.map((path) => answerOf(() => ({ path }))))),
            await answerOf(() => pipe(bytes, seed)),
            await answerOf(() => pipe(packed, seed)),
          ];
          expect(first?.documents['error']).toBeUndefined();
          expect(first?.verified['verified']).toBe(true);
          for (const other of others) expect(other).toEqual(first);
        },
      ),
      { numRuns: runs(100, 5000) },
    );
  },
  10 * 60_000,
);
