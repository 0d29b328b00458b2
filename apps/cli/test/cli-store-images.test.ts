import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf, rowsOf, useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';

const store = useTestStore();

describe('layers images', () => {
  const table = async (...args: readonly string[]) => rowsOf(await store.out(['images', ...args]));
  const names = async (...args: readonly string[]) =>
    (await table(...args)).slice(1).map((row) => `${row[0]}:${row[1]}`);
  const id = async (name: string) => (await store.imageOf(name)).id;

  beforeEach(async () => {
    await store.out([
      'load',
      '-i',
      store.archiveOf('old', ['app:1', 'registry.example:5000/me/app:1'], '2019-01-01T00:00:00Z'),
    ]);
    await store.out(['load', '-i', store.archiveOf('new', ['app:2', 'other:2'], '2021-01-01T00:00:00Z')]);
  });

  it('prints the columns of docker, and shared bytes', async () => {
    const [head, first] = await table();
    expect(head).toEqual(['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE', 'SHARED']);
    expect(first).toEqual([
      'app',
      '2',
      (await id('app:2')).slice(7, 19),
      expect.stringMatching(/^\d+ years ago$/),
      expect.stringMatching(/ kB$/),
      '0 B',
    ]);
    expect(await names()).toEqual(['app:2', 'other:2', 'app:1', 'registry.example:5000/me/app:1']);
  });

  it('prints only the heading without images', async () => {
    expect(await store.out(['images', 'absent'])).toBe('REPOSITORY  TAG  IMAGE ID  CREATED  SIZE  SHARED\n');
    expect(await store.out(['images'], { env: { LAYERS_STORE: store.at('none') } })).toMatch(/^REPOSITORY/);
  });

  it('filters by name, time, label and dangling', async () => {
    await store.out(['tag', 'app:1', 'app:2']);
    expect(await names('app')).toEqual(['app:1', 'app:2']);
    expect(await names('app:1')).toEqual(['app:1']);
    expect(await names('registry.example:5000/me/app')).toEqual(['registry.example:5000/me/app:1']);
    expect(await names('--filter', 'reference=*:2')).toEqual(['other:2', 'app:2']);
    expect(await names('--filter', 'since=app:1')).toEqual(['other:2']);
    expect(await names('--filter', 'before=other:2', 'app')).toEqual(['app:1', 'app:2']);
    expect(await names('--filter', 'label=text=new')).toEqual(['other:2']);
    expect(await names('-f', 'label=text', '-f', 'reference=app')).toEqual(['app:1', 'app:2']);
    expect(await names('--filter', 'dangling=true')).toEqual([]);
    await store.out(['rmi', 'other:2']);
    await store.out(['load', '-i', store.archiveOf('third', ['app:1'])]);
    await store.out(['load', '-i', store.archiveOf('fourth', ['app:1'])]);
    expect(await names('--filter', 'dangling=true')).toEqual(['<none>:<none>']);
    expect(await names('--filter', 'dangling=false')).not.toContain('<none>:<none>');
  });

  it.each(['nonsense', 'dangling=perhaps', 'colour=red', 'before=absent:1', 'label='])(
    'refuses the filter %s',
    async (filter) => {
      expect((await store.layers(['images', '--filter', filter])).status).toBe(2);
    },
  );

  it('prints ids, digests, whole ids and exact bytes', async () => {
    expect(linesOf(await store.out(['images', '-q', 'other']))).toEqual([(await id('app:2')).slice(7, 19)]);
    expect(linesOf(await store.out(['images', '-q', '--no-trunc', 'other']))).toEqual([await id('app:2')]);
    const item = JSON.parse(await store.out(['images', '--json', 'other'])).images[0];
    expect((await table('--digests', 'other'))[1]?.[2]).toBe(item.manifestDigest);
    expect((await table('--bytes', 'other'))[1]?.slice(-2)).toEqual([
      String(item.sizeBytes),
      String(item.sharedBytes),
    ]);
    expect(JSON.parse(await store.out(['images', '--jsonl', 'other']))).toEqual(item);
  });

  it('escapes names from other tools', async () => {
    const index = join(store.path(), 'index.json');
    const document = JSON.parse(readFileSync(index, 'utf8'));
    const [{ annotations: _, ...descriptor }] = document.manifests;
    document.manifests = [
      { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': '\x1b[31mred\n' } },
    ];
    writeFileSync(index, JSON.stringify(document));
    const text = await store.out(['images']);
    expect(text).not.toContain('\x1b');
    expect(rowsOf(text)[1]?.slice(0, 2)).toEqual(['\\x1b[31mred\\n', '<none>']);
  });
});
