import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-podman-format-'));
const archive = join(folder, 'testo.tar');
const state = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
let registry: DockerRegistry;

const podman = async (...args: readonly string[]): Promise<string> =>
  (await run('podman', [...state, ...args])).toString();
const skopeo = async (...args: readonly string[]): Promise<string> => (await run('skopeo', args)).toString();
const layers = async (...args: readonly string[]): Promise<string> =>
  (
    await run(process.execPath, [command, ...args], {
      env: { ...process.env, LAYERS_STORE: join(folder, 'store') },
    })
  ).toString();

const CHANGES = [
  'LABEL maintainer=someone@example.org version=777',
  'ENV GREETING=hello PATH=/bin',
  'CMD ["/bin/run"]',
  'EXPOSE 8080/tcp',
  'USER app',
];

beforeAll(async () => {
  const tar = join(folder, 'rootfs.tar');
  writeFileSync(tar, buildTar([{ path: 'hello', data: new TextEncoder().encode('hello') }]));
  await layers('import', ...CHANGES.flatMap((change) => ['--change', change]), tar, 'testo');
  await layers('save', '-o', archive, 'testo');
  await podman('load', '-i', archive);
  registry = await startDockerRegistry();
  await layers('copy', archive, `docker://${registry.domain}/testo:latest`);
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Podman writes names in full and ids without their algorithm, as docker does not. */
const plain = (text: string): string =>
  text.replaceAll('docker.io/library/', '').replaceAll(/sha256:(?=[0-9a-f]{64}\b)/g, '');

describe('images --format has the names of podman images', () => {
  it.each([
    '{{.ID}}',
    '{{.Id}}',
    '{{.Repository}}:{{.Tag}}',
    '{{range .RepoTags}}{{.}}{{end}}',
    '{{.Names}} {{.RepoDigests}}',
    '{{.Labels}}',
    '{{.Labels.version}} {{index .Labels "maintainer"}}',
    '{{.Created}} {{.CreatedAt}} {{.CreatedSince}} {{.CreatedTime}}',
    '{{.Digest}}',
    '{{.History}}',
    '{{.Dangling}} {{.IsDangling}} {{.ReadOnly}} {{.IsReadOnly}} {{.ParentId}}',
  ])('%s', async (template) => {
    expect(plain(await layers('images', '--format', template, 'testo'))).toBe(
      plain(await podman('images', '--format', template, 'testo')),
    );
  });

  it('table {{.ID}} {{.Repository}} {{.Tag}}: the same words; docker, and so layers, aligns columns at tabs', async () => {
    const template = 'table {{.ID}} {{.Repository}} {{.Tag}}';
    const words = (text: string) => plain(text).split(/\s+/);
    const [ours, theirs] = [
      await layers('images', '--format', template),
      await podman('images', '--format', template),
    ];
    expect(words(ours)).toEqual(words(theirs));
    expect(ours.split('\n')[0]).toBe('IMAGE ID REPOSITORY TAG');
  });

  it('json: docker prints an object for each image, podman a list', async () => {
    const ours = JSON.parse(await layers('images', '--format', 'json', 'testo'));
    const [theirs] = JSON.parse(await podman('images', '--format', 'json', 'testo'));
    expect(theirs.Id.startsWith(ours.ID)).toBe(true);
    expect(theirs.Digest).toBe(ours.Digest);
  });
});

describe('history --format has the names of podman history', () => {
  it.each(['{{.ID}} {{.Created}}', '{{.ID}} {{.CreatedSince}}', '{{.Comment}}'])('%s', async (template) => {
    expect(await layers('history', '--format', template, archive)).toBe(
      await podman('history', '--format', template, 'testo'),
    );
  });

  it.each(['{{.CreatedAt}} {{.CreatedBy}} {{.Size}} {{.Tags}}'])('%s is accepted', async (template) => {
    expect(await layers('history', '--format', template, archive)).toMatch(/\S/);
  });
});

describe('inspect --format has the names of podman image inspect', () => {
  it.each([
    '{{.Id}}',
    '{{ .Id }}',
    '{{.ID}}',
    '{{.RepoTags}} {{.RepoDigests}}',
    '{{.Digest}}',
    '{{.Labels}} {{.Labels.version}}',
    '{{.Config.Labels}} {{.Config.Env}} {{.Config.Cmd}} {{.Config.ExposedPorts}}',
    '{{.User}} {{.Config.User}}',
    '{{.ManifestType}} {{.Annotations}}',
    '{{.NamesHistory}}',
    '{{.Os}}/{{.Architecture}}',
    '{{.RootFS.Type}} {{.RootFS.Layers}} {{len .RootFS.Layers}}',
    '{{json .Config.Env}} {{json .Labels}}',
    '{{len .History}} {{range .History}}{{.CreatedBy}}|{{.Comment}}|{{.EmptyLayer}}{{end}}',
    '{{.HealthCheck}}',
    '{{.Version}}|{{.Author}}|{{.Parent}}',
  ])('%s', async (template) => {
    const expected = plain(await podman('image', 'inspect', '--format', template, 'testo'));
    expect(plain(await layers('inspect', '--format', template, 'testo'))).toBe(expected);
    expect(plain(await layers('image', 'inspect', '--format', template, archive))).toBe(expected);
  });
});

describe('inspect --format has the names of skopeo inspect', () => {
  it.each([
    '{{.Digest}}',
    '{{ .Architecture }}',
    '{{ .Env }}',
    '{{.Labels}} {{.Os}}',
    '{{.Layers}}',
    '{{.Name}}',
  ])('%s', async (template) => {
    const name = `docker://${registry.domain}/testo`;
    const options = ['--tls-verify=false', '--no-tags', '--format', template];
    expect((await layers('inspect', '--format', template, name)).trimEnd()).toBe(
      (await skopeo('inspect', ...options, name)).trimEnd(),
    );
  });
});

describe('inspect --format has the names of newer versions of skopeo inspect', () => {
  it('{{.LayersData}}', async () => {
    const name = `docker://${registry.domain}/testo`;
    const [ours = '', raw] = [
      await layers('inspect', '-f', '{{range .LayersData}}{{.MIMEType}} {{.Digest}} {{.Size}}{{end}}', name),
      JSON.parse(await skopeo('inspect', '--tls-verify=false', '--raw', name)),
    ];
    const [{ mediaType, digest, size }] = raw.layers;
    expect(ours).toBe(`${mediaType} ${digest} ${size}\n`);
  });
});

describe('the labels of an image', () => {
  it('are printed from an archive, the store and a registry', async () => {
    for (const name of [archive, 'testo', `docker://${registry.domain}/testo`]) {
      expect(await layers('image', 'inspect', '-f', '{{.Config.Labels}}', name)).toBe(
        'map[maintainer:someone@example.org version:777]\n',
      );
    }
  });
});
