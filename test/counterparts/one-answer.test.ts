import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { expectOneAnswer } from '@layers/testing/every-source';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { afterAll, beforeAll, describe, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'layers-one-answer-'));
let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const archivesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => /\.tar(\.gz)?$/.test(name))
    .map((name) => join(directory, name))
    .filter((path) => layers(['repack', path, '--image', '#1', '--dry-run', '-o', 'x.tar']).status === 0);

describe('one image gives one answer from docker-registry, archive, layout, store and pipe', () => {
  it.each(archivesIn(examples))('%s', async (path) => {
    await expectOneAnswer(path, mkdtempSync(join(folder, 'one-')), registry);
  });

  const real = imagesFolder === undefined ? [] : archivesIn(imagesFolder);
  it.skipIf(real.length === 0)(
    `real archives (${real.length === 0 ? NO_REAL_ARCHIVES : real.length})`,
    async () => {
      for (const path of real) await expectOneAnswer(path, mkdtempSync(join(folder, 'one-')), registry);
    },
    300_000,
  );
});
