import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers, layersAsync } from '@layers/testing/command';
import { pushedImage, pushedIndex } from '@layers/testing/registry/pushed-image';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry/test-registry';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OFFER } from '../../src/completion/offer-word.ts';

const scratch = useScratch();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry({ authentication: { kind: 'basic', users: { ada: 'secret' } } });
});
afterAll(() => registry.stop());
beforeEach(() => {
  registry.storage.repositories.clear();
  registry.log.clear();
  registry.behaviour.pageSize = null;
});

const tar = buildTar([{ path: 'etc/motd', data: Buffer.from('hello\n') }]);
const addImage = (tag = '1') => pushedImage(registry.storage, 'app', tag, { layers: [tar] });

/** Runs a command with the credentials of the registry. */
async function run(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await layersAsync([...args, '-u', 'ada', '--password-stdin'], {
    input: Buffer.from('secret\n'),
  });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout;
}

describe('layers tags', () => {
  it('lists the tags of all pages, as text, lines and a document', async () => {
    for (const tag of ['a', 'b', 'c', 'd', 'e']) addImage(tag);
    registry.behaviour.pageSize = 2;
    const name = `${registry.domain}/app`;
    expect(await run('tags', name)).toBe('a\nb\nc\nd\ne\n');
    expect(await run('tags', `docker://${name}`)).toBe('a\nb\nc\nd\ne\n');
    expect(JSON.parse(await run('tags', '--json', name))).toEqual({
      schemaVersion: 2,
      repository: name,
      tags: ['a', 'b', 'c', 'd', 'e'],
      findings: [],
    });
    expect(await run('tags', '-f', '{{.Repository}}:{{.Tag}}', name)).toMatch(/^.*\/app:a\n.*\/app:b\n/);
    expect(await run('tags', '-f', 'table {{.Tag}}\\t{{.Name}}', name)).toMatch(/^TAG +NAME\na {9}\S+\n/);
    const [first] = (await run('tags', '--jsonl', name)).split('\n');
    expect(JSON.parse(first ?? '')).toEqual({ repository: name, tag: 'a' });
  });

  it('escapes what a registry calls a tag, except in JSON', async () => {
    const { digest } = addImage();
    const hostile = '\x1b]0;x\x07\nb\u202e';
    registry.storage.repository('app').tags.set(hostile, digest);
    const name = `${registry.domain}/app`;
    expect(await run('tags', name)).toBe('\\x1b]0;x\\x07\\nb\\u202e\n1\n');
    const json = await run('tags', '--json', name);
    expect(json).not.toMatch(/[\x07\x1b\u202e]/);
    expect(JSON.parse(json).tags).toEqual([hostile, '1']);
  });

  it('refuses a name with a tag, and says what is missing', async () => {
    const name = `${registry.domain}/app`;
    const tagged = layers(['tags', `${name}:1`]);
    expect([tagged.status, tagged.stderr]).toEqual([2, expect.stringContaining(`hint: layers tags ${name}`)]);
    const denied = await layersAsync(['tags', name]);
    expect([denied.status, denied.stderr]).toEqual([
      3,
      expect.stringMatching(`ERR_LAYERS_REGISTRY_AUTH\\][^]*layers login ${registry.domain}`),
    ]);
    const { status, stderr } = await layersAsync(['tags', name, '-u', 'ada', '--password-stdin'], {
      input: Buffer.from('secret'),
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining(`layers catalog ${registry.domain}`)]);
  });
});

describe('layers catalog', () => {
  it('lists the repositories of all pages', async () => {
    for (const name of ['x/a', 'x/b', 'y']) pushedImage(registry.storage, name, '1', { layers: [tar] });
    registry.behaviour.pageSize = 1;
    expect(await run('catalog', registry.domain)).toBe('x/a\nx/b\ny\n');
    const { repositories, registry: host } = JSON.parse(await run('catalog', '--json', registry.domain));
    expect([host, repositories]).toEqual([registry.domain, ['x/a', 'x/b', 'y']]);
  });

  it.each([
    ['http://localhost:5000', 'layers catalog localhost:5000'],
    ['localhost:5000/app', 'layers tags localhost:5000/app'],
    ['not a host', 'localhost:5000'],
    ['', 'localhost:5000'],
  ])('refuses %j, and leads to %s', (host, hint) => {
    const { status, stderr } = layers(['catalog', host]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(hint)]);
  });
});

const PLATFORMS = [
  { os: 'linux', architecture: 'amd64', layers: [tar] },
  { os: 'linux', architecture: 'arm64', layers: [tar] },
];

describe('layers manifest and layers digest', () => {
  it('print the index, or the manifest of a platform', async () => {
    const { index, manifests } = pushedIndex(registry.storage, 'app', 'all', PLATFORMS);
    const name = `${registry.domain}/app:all`;
    const stored = registry.storage.repository('app').manifests.get(index)?.bytes;
    expect(await run('manifest', name)).toBe(Buffer.from(stored ?? []).toString());
    expect(await run('digest', name)).toBe(`${index}\n`);
    const arm = ['--platform', 'linux/arm64', name];
    expect(await run('digest', ...arm)).toBe(`${manifests[1]?.digest}\n`);
    const document = JSON.parse(await run('manifest', '--json', ...arm));
    expect(document).toMatchObject({ digest: manifests[1]?.digest, manifest: { schemaVersion: 2 } });
    expect(JSON.parse(await run('digest', '--json', name))).toMatchObject({ digest: index, verified: false });
    expect(JSON.parse(await run('digest', '--json', ...arm))).toMatchObject({ verified: true });
  });

  it.each(['manifest', 'digest'])('%s finds no image of another platform', async (command) => {
    addImage();
    const name = `${registry.domain}/app:1`;
    expect(await run(command, '--platform', 'linux/amd64', name)).not.toBe('');
    const { status, stderr } = await layersAsync(
      [command, '--platform', 'linux/s390x', name, '-u', 'ada', '--password-stdin'],
      { input: Buffer.from('secret') },
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/no image is for the platform linux\/s390x.*\nhint: .*linux\/amd64/),
    ]);
  });

  it('need no body for the digest', async () => {
    const { digest } = addImage();
    expect(await run('digest', `${registry.domain}/app:1`)).toBe(`${digest}\n`);
    const methods = registry.log.records
      .filter(({ server }) => server === 'registry')
      .map(({ method }) => method);
    expect(new Set(methods)).toEqual(new Set(['HEAD']));
  });

  it.each(['demo-oci.tar', 'oci-archive:demo-oci.tar'])('read the archive %s', (name) => {
    const { status, stdout } = layers(['manifest', name], { cwd: examples });
    expect(status).toBe(0);
    const digest = `sha256:${createHash('sha256').update(stdout).digest('hex')}`;
    expect(layers(['digest', name], { cwd: examples }).stdout).toBe(`${digest}\n`);
    const { image } = JSON.parse(layers(['inspect', '--json', name], { cwd: examples }).stdout);
    expect(image.manifestDigest).toBe(digest);
  });

  it('refuse an archive without OCI documents, and a missing file', () => {
    const { status, stderr } = layers(['digest', join(examples, 'demo.tar')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('layers repack')]);
    expect(layers(['manifest', 'absent.tar']).stderr).toContain('[ERR_LAYERS_INPUT_MISSING]');
  });

  it('lead to the tags where the tag is missing', async () => {
    addImage();
    const name = `${registry.domain}/app`;
    const { stderr } = await layersAsync(['digest', `${name}:2`, '-u', 'ada', '--password-stdin'], {
      input: Buffer.from('secret'),
    });
    expect(stderr).toContain(`hint: layers tags ${name} lists`);
  });
});

it('completion sends no requests', async () => {
  addImage();
  const { stdout, status } = await layersAsync([OFFER, 'paths', `docker://${registry.domain}/app:1`, '/']);
  expect([stdout, status, registry.log.records]).toEqual(['', 0, []]);
});

describe('layers copy to a layout', () => {
  it('writes a tag without a name as it is typed, into a new layout and an existing one', async () => {
    addImage();
    const layout = join(scratch.folder, 'layout');
    const namesIn = () =>
      JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests.map(
        ({ annotations }: { annotations: Record<string, string> }) => annotations,
      );
    const REF_NAME = 'org.opencontainers.image.ref.name';
    const copy = async (name: string) => {
      const source = `docker://${registry.domain}/app:1`;
      const login = ['--src-username', 'ada', '--src-password-stdin'];
      const input = Buffer.from('secret\n');
      const { status } = await layersAsync(['copy', source, `oci:${layout}:${name}`, ...login], { input });
      expect(status).toBe(0);
    };
    await copy('1.0');
    expect(namesIn()).toEqual([{ [REF_NAME]: '1.0' }]);
    await copy('2');
    await copy('app:3');
    expect(namesIn().map((names: Record<string, string>) => names[REF_NAME])).toEqual(['1.0', '2', 'app:3']);
  });
});
