import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { demo, useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';
import { compressionOfName } from '../src/write/archive-compression.ts';

const store = useTestStore();
const app = (): string => store.at('one.tar');
const idOf = async (name: string): Promise<string> => (await store.imageOf(name)).id;

beforeEach(() => {
  store.archiveOf('one', ['app:1']);
});

const WRITERS: readonly (readonly [string, readonly string[]])[] = [
  ['squash', []],
  ['repack', []],
  ['config', ['--user', '1']],
  ['append', ['--delete', '/text']],
];
const MAGIC = { gzip: '1f8b', zstd: '28b52ffd' };

describe('the suffix of an output', () => {
  it.each([...WRITERS, ['export', []] as const])('compresses the output of %s', async (command, more) => {
    for (const [name, compression] of [
      ['x.tar.gz', 'gzip'],
      ['x.tar.zst', 'zstd'],
    ] as const) {
      const args = [command, app(), ...more, '-q', '--json', '-o', store.at(name)];
      const { output } = JSON.parse(await store.out(args));
      const bytes = readFileSync(store.at(name));
      expect(output).toMatchObject({ compression, sizeBytes: bytes.length });
      expect(bytes.toString('hex').startsWith(MAGIC[compression])).toBe(true);
      if (command === 'export') continue;
      expect(await idOf(store.at(name))).toMatch(/^sha256:/);
      const planned = JSON.parse(await store.out([...args, '--force', '--dry-run']));
      expect(planned.output).toEqual(output);
    }
    const { status, stderr } = await store.layers([command, app(), ...more, '-o', store.at('x.tar.xz')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('.tar.gz or .tar.zst')]);
  });

  it.each(['x.zip', 'x.7z', 'x.tar.lzma'])(
    'refuses %s, which would not be what its name says',
    async (name) => {
      const { status, stderr } = await store.layers(['repack', app(), '-o', store.at(name)]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('.tar.gz or .tar.zst')]);
    },
  );

  it.each([
    ['x.tar', null],
    ['x.gzip', null],
    ['x.TGZ', 'gzip'],
    ['x.gz', 'gzip'],
    ['x.tar.zstd', 'zstd'],
    ['x.tzst', 'zstd'],
  ])('of %s means %s', (name, compression) => {
    expect(compressionOfName(name)).toBe(compression);
  });

  it('does not change what is written inside', async () => {
    await store.out(['squash', app(), '-o', store.at('x.tar')]);
    await store.out(['squash', app(), '--check', '-o', store.at('x.tar.gz')]);
    expect(await idOf(store.at('x.tar.gz'))).toBe(await idOf(store.at('x.tar')));
  });
});

describe('the local store as output', () => {
  it.each(WRITERS)('gets the image of %s under the given name', async (command, more) => {
    await store.out(['load', '-i', app()]);
    const before = await idOf('app:1');
    const args = [command, 'store:app:1', ...more, '-q', '--json', '-o', 'store:new:2'];
    const document = JSON.parse(await store.out(args));
    expect(document.output).toMatchObject({ path: 'store:new:2', format: 'oci-dir', compression: null });
    expect(document.images[0].tags).toEqual(['new:2']);
    expect(await idOf('new:2')).toBe(document.images[0].id);
    expect(await idOf('app:1')).toBe(before);
    expect(JSON.parse(await store.out([...args, '--dry-run'])).output).toEqual(document.output);
  });

  it('is read back, keeps further tags, and may be the input', async () => {
    await store.out(['squash', demo, '--check', '--tag', 'other:1', '-o', 'store:small']);
    expect(await idOf('other:1')).toBe(await idOf('store:small:latest'));
    await store.out(['config', 'small', '--user', '7', '-o', 'store:small']);
    expect(await idOf('small')).not.toBe(await idOf('other:1'));
    await store.out(['save', 'store:small', '-o', store.at('saved.tar')]);
    expect(await idOf(store.at('saved.tar'))).toBe(await idOf('small'));
  });

  it('is proposed where the input is in the output directory', async () => {
    await store.out(['load', '-i', app()]);
    const { status, stderr } = await store.layers(['squash', 'app:1', '-o', `oci:${store.path()}:small:2`]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('-o store:small:2 adds')]);
    const saved = await store.layers(['save', 'app:1', '-o', `oci:${store.path()}`]);
    expect([saved.status, saved.stderr]).toEqual([2, expect.stringContaining('name another directory')]);
  });

  it('requires a valid name, and no format', async () => {
    for (const args of [
      ['-o', 'store:'],
      ['-o', 'store:Not Valid'],
      ['-o', 'store:app', '--format', 'docker'],
    ]) {
      expect((await store.layers(['squash', app(), ...args])).status).toBe(2);
    }
    expect((await store.layers(['inspect', 'store:'])).status).toBe(2);
    expect((await store.layers(['inspect', 'store:none'])).status).toBe(2);
  });
});

describe('an output that is neither a file nor a transport', () => {
  it.each(['ghcr.io/me/app', 'localhost/app', 'localhost:5000/app:1'])(
    'is refused with a hint at docker://: %s',
    async (name) => {
      for (const args of [
        ['squash', app(), '-o', name],
        ['copy', app(), name],
      ]) {
        const { status, stderr } = await store.layers(args);
        expect([status, stderr]).toEqual([
          2,
          expect.stringContaining(`docker://${name} for one in a registry`),
        ]);
      }
      const source = await store.layers(['copy', name, 'oci:x']);
      expect(source.stderr).toMatch(
        new RegExp(`\nhint: write docker://${name} for the image in the registry`),
      );
    },
  );

  it.each(['new:tag', 'foo:bar', 'localhost:5000/app:1', 'podman:app', 'oci-dir:app', 'registry:app'])(
    'is refused: %s',
    async (name) => {
      const { status, stderr } = await store.layers(['squash', app(), '-o', name]);
      expect([status, existsSync(name)]).toEqual([2, false]);
      expect(stderr).toMatch(/store:|skopeo|oci:|layers push/);
    },
  );

  it.each(['docker://app', 'oci:dir', 'store:app', 'new:tag'])(
    'is refused by export and save: %s',
    async (name) => {
      await store.out(['load', '-i', app()]);
      const exported = await store.layers(['export', app(), '-o', name]);
      expect([exported.status, exported.stderr]).toEqual([
        2,
        expect.stringContaining(`./${name} for a file`),
      ]);
      if (name === 'oci:dir' || name === 'docker://app') return;
      expect((await store.layers(['save', 'app:1', '-o', name])).status).toBe(2);
      expect(existsSync(name)).toBe(false);
    },
  );

  it('is a file where its path says so', async () => {
    writeFileSync(store.at('old:1'), '');
    for (const name of ['a:b', 'old:1']) {
      await store.out(['squash', app(), '--force', '-q', '-o', store.at(name)]);
      expect(await idOf(store.at(name))).toMatch(/^sha256:/);
    }
  });
});
