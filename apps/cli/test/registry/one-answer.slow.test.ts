import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { expectOneAnswer } from '@layers/testing/every-source';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry/test-registry';
import { useScratch } from '@layers/testing/scratch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry.stop());

describe('one image gives one answer from registry, archive, layout, store and pipe', () => {
  const archives = readdirSync(examples).filter((name) => name.endsWith('.tar'));
  it.each(archives)('%s', async (name) => {
    await expectOneAnswer(join(examples, name), mkdtempSync(join(scratch.folder, 'one-')), registry);
  });

  const isRepackable = (path: string) =>
    layers(['repack', path, '--image', '#1', '--dry-run', '-o', 'x.tar']).status === 0;
  const real =
    imagesFolder === undefined ? [] : readdirSync(imagesFolder).filter((name) => /\.tar(\.gz)?$/.test(name));
  it.skipIf(real.length === 0)(
    `real archives (${real.length === 0 ? NO_REAL_ARCHIVES : real.length})`,
    async () => {
      const paths = real.map((name) => join(imagesFolder ?? '', name)).filter(isRepackable);
      expect(paths.length).toBeGreaterThan(10);
      for (const path of paths) {
        await expectOneAnswer(path, mkdtempSync(join(scratch.folder, 'one-')), registry);
      }
    },
  );
});
