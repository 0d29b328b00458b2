import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { layersCommand, treeOfLayers } from './layers-command.ts';
import { ODD_IMAGES, PROGRAMS, type Program, type Verdict } from './odd-images.ts';
import { run } from './processes.ts';
import { type Containerd, startContainerd } from './rewrite-containerd.ts';
import { containerdLoader } from './rewrite-containerd-loader.ts';
import { umociLoader } from './rewrite-layout-loaders.ts';
import { dockerLoader, type Loader, podmanLoader } from './rewrite-loaders.ts';
import type { Tree } from './tree.ts';

// Short and in small letters, because podman derives image names from it.
const folder = join(tmpdir(), `layers-odd-${randomBytes(6).toString('hex')}`);

describe.skipIf(inject('missing').length > 0)('other programs read', () => {
  let containerd: Containerd | undefined;
  let loaders: Readonly<Record<Program, Loader>>;

  beforeAll(async () => {
    mkdirSync(folder);
    containerd = await startContainerd();
    const running = { runs: false };
    loaders = {
      docker: dockerLoader(dockerAt(inject('dockerSocket')), running),
      podman: podmanLoader(join(folder, 'podman'), running),
      containerd: containerdLoader(containerd, join(folder, 'mounts'), running),
      skopeo: skopeoCopy,
      umoci: umociLoader(folder),
    };
  });
  afterAll(async () => {
    await containerd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** skopeo only copies, so a copy counts as the same file system. */
  const skopeoCopy: Loader = {
    name: 'skopeo copy',
    async load(path) {
      const copy = join(folder, 'copy');
      try {
        await run('skopeo', [
          '--insecure-policy',
          'copy',
          '--quiet',
          `docker-archive:${path}`,
          `dir:${copy}`,
        ]);
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
      return { images: [{ id: '', differencesFrom: () => [] }], how: '' };
    },
  };

  async function verdictOf(program: Program, archive: string, layout: string, ours: Tree): Promise<Verdict> {
    const path = program === 'umoci' ? layout : archive;
    try {
      // The layout names the image by its tag alone.
      const { images } = await loaders[program].load(path, [program === 'umoci' ? '1' : 'odd:1']);
      expect(images).toHaveLength(1);
      const found = images.flatMap((image) => image.differencesFrom(ours));
      // Programs that delete below a directory set its time.
      return found.every((line) => /: mtime /.test(line)) ? 'same' : 'differs';
    } catch (error) {
      if (!/: exit \d+/.test(String(error))) throw error;
      return 'refuses';
    }
  }

  it.each(ODD_IMAGES)('$name', async ({ code, archive, verdicts }) => {
    const path = join(folder, 'odd.tar');
    const layout = join(folder, 'layout-odd');
    writeFileSync(path, archive());
    rmSync(layout, { recursive: true, force: true });
    mkdirSync(layout);
    await run('tar', ['-xf', path, '-C', layout]);
    const ours = await treeOfLayers({ path });
    const found: Partial<Record<Program, Verdict>> = {};
    for (const program of PROGRAMS) found[program] = await verdictOf(program, path, layout, ours);
    const { findings }: { findings: { code: string }[] } = JSON.parse(
      await layersCommand(['inspect', '--json', path]),
    );
    expect({ codes: [...new Set(findings.map((finding) => finding.code))].sort(), ...found }).toEqual({
      codes: [code ?? []].flat(),
      ...verdicts,
    });
  });
});
