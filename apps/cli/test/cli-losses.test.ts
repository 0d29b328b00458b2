import { readFileSync, writeFileSync } from 'node:fs';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';

const store = useTestStore();
const output = (): string[] => ['--force', '-o', store.at('out.tar')];

/** Runs a command that succeeds; returns standard error, and the codes of the findings in its document. */
async function told(args: readonly string[]): Promise<{ stderr: string; codes: string[] }> {
  const { status, stdout, stderr } = await store.layers([...args, '--json']);
  expect(status).toBe(0);
  const { findings }: { findings: readonly { code: string }[] } = JSON.parse(stdout);
  return { stderr, codes: findings.map(({ code }) => code) };
}

/** Writes an image of one name for several platforms. */
function platformsArchive(): string {
  const parts = ['amd64', 'arm64'].map((architecture) => {
    const tar = buildTar([{ path: architecture }]);
    const layer = blobOf(tar, `${OCI}.layer.v1.tar`);
    const config = blobOf(configOf([tar], { architecture }), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      {
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        config: config.descriptor,
        layers: [layer.descriptor],
      },
      `${OCI}.manifest.v1+json`,
    );
    return {
      files: [layer, config, manifest],
      descriptor: { ...manifest.descriptor, platform: { os: 'linux', architecture } },
    };
  });
  const index = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: parts.map(({ descriptor }) => descriptor),
    },
    `${OCI}.index.v1+json`,
  );
  const annotations = { 'org.opencontainers.image.ref.name': 'many' };
  const files = [index, ...parts.flatMap((part) => part.files)].map(({ file }) => file);
  writeFileSync(
    store.at('many.tar'),
    buildTar([...layoutOf([{ ...index.descriptor, annotations }]), ...files]),
  );
  return store.at('many.tar');
}

function archiveNamed(name: string): string {
  const layers = [buildTar([{ path: 'a' }])];
  writeFileSync(
    store.at('named.tar'),
    buildDockerArchive({ images: [{ tags: [name], layers }] }, { form: 'legacy' }),
  );
  return store.at('named.tar');
}

describe('what gets lost is reported', () => {
  it.each([
    ['squash', []],
    ['repack', []],
    ['config', ['--user', '1']],
    ['append', ['--delete', '/amd64']],
  ])('platforms, by %s', async (command, more) => {
    const input = platformsArchive();
    const { stderr, codes } = await told([command, input, ...more, ...output()]);
    expect(stderr).toContain('warning: many is written for linux/amd64 alone, and not for linux/arm64');
    expect(codes).toContain('platforms-left-out');
    const chosen = await told([command, input, ...more, ...output(), '--platform', 'linux/amd64']);
    expect(chosen.codes).not.toContain('platforms-left-out');
  });

  it('platforms that --all cannot keep', async () => {
    const { status, stderr } = await store.layers(['repack', '--all', platformsArchive(), ...output()]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('many exists for several platforms')]);
    expect(stderr).toContain('--platform');
  });

  it.each([
    ['Foo:Bar', [], 'docker load'],
    [`app:1@sha256:${'a'.repeat(64)}`, ['--format', 'docker'], 'without its digest'],
    [`app@sha256:${'a'.repeat(64)}`, ['--format', 'oci'], 'is not written'],
  ])('the name %s', async (name, format, reason) => {
    const { stderr, codes } = await told(['repack', archiveNamed(name), ...format, ...output()]);
    expect([stderr, codes]).toEqual([
      expect.stringContaining(reason),
      expect.arrayContaining(['tag-not-written']),
    ]);
    expect((await told(['repack', archiveNamed('app:1'), ...output()])).codes).toEqual([]);
  });

  it('that config removes nothing', async () => {
    const unset = [
      '--unset-env',
      'NOPE',
      '--unset-label',
      'x*',
      '--unset-volume',
      '/x',
      '--unset-annotation',
      'z',
    ];
    const more = ['--unexpose', '99', '--unset-stop-signal'];
    const { stderr, codes } = await told(['config', demo, ...unset, ...more, ...output()]);
    expect(codes).toEqual(Array.from({ length: 6 }, () => 'nothing-removed'));
    expect(stderr).toContain('warning: the image has no environment variable "NOPE": nothing is removed\n');
    const found = await told([
      'config',
      demo,
      '--unset-env',
      'PA*',
      '--unexpose',
      '8080',
      '--entrypoint',
      '["/a"]',
      ...output(),
    ]);
    expect(found.codes).toEqual([]);
  });

  it('an archive behind the first one', async () => {
    const archive = readFileSync(archiveNamed('app:1'));
    writeFileSync(store.at('two.tar'), Buffer.concat([archive, archive]));
    for (const args of [
      ['squash', store.at('two.tar'), ...output()],
      ['load', '-i', store.at('two.tar')],
    ]) {
      expect((await told(args)).codes).toEqual(['archive-trailing-data']);
      const { stderr } = await store.layers(args);
      expect(stderr).toContain('warning: other data follows the end of the archive');
    }
  });

  it('that append --diff found no difference', async () => {
    await store.out(['squash', demo, '-o', store.at('one.tar')]);
    await store.out(['export', store.at('one.tar'), '-o', store.at('rootfs.tar')]);
    const args = ['append', store.at('one.tar'), '--diff', '--add', store.at('rootfs.tar'), ...output()];
    const { status, stdout, stderr } = await store.layers(args);
    expect([status, stderr]).toEqual([0, 'note: the image has all of it: no layer is added\n']);
    expect(stdout).toContain('in 1 layer, was');
  });
});

describe('squash', () => {
  it('sets the comment, and the times of SOURCE_DATE_EPOCH', async () => {
    const env = { SOURCE_DATE_EPOCH: '1000' };
    await store.out(['squash', demo, '-m', 'mine', ...output()], { env });
    const { history } = JSON.parse(await store.out(['history', '--json', store.at('out.tar')]));
    const merged = history.find((step: { comment?: string }) => step.comment === 'mine');
    expect(merged.created).toBe('1970-01-01T00:16:40Z');
    expect((await store.imageOf(store.at('out.tar'))).created).toBe('1970-01-01T00:16:40Z');
    await store.out(['append', demo, '--delete', '/etc/motd', '-q', ...output()], { env });
    expect((await store.imageOf(store.at('out.tar'))).created).toBe('1970-01-01T00:16:40Z');
  });

  it('refuses an image without layers', async () => {
    writeFileSync(
      store.at('none.tar'),
      buildDockerArchive({ images: [{ tags: ['a:1'], layers: [] }] }, { form: 'legacy' }),
    );
    for (const more of [[], ['--last', '2']]) {
      const { status, stderr } = await store.layers(['squash', store.at('none.tar'), ...more, ...output()]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('error: the image has no layers')]);
    }
  });
});
