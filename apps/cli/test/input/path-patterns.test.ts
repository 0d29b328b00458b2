import type { Union } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandPattern } from '../../src/input/path-patterns.ts';

const scratch = useScratch();
const file = (path: string | Uint8Array): EntrySpec => ({ path, data: Buffer.from('x') });
const link = (path: string, linkpath: string): EntrySpec => ({ path, type: 'symlink', linkpath });

const unionOfLayers = async (...layers: readonly (readonly EntrySpec[])[]): Promise<Union> => {
  const images = [{ tags: ['app:1'], layers: layers.map((entries) => buildTar(entries)) }];
  return (await analysed({ path: scratch.file(buildDockerArchive({ images }, { form: 'hybrid' })) })).union;
};

const found = (union: Union, pattern: string): string[] =>
  expandPattern(union, pattern).map(({ path }) => Buffer.from(path).toString('latin1'));

let merged: Union;

beforeAll(async () => {
  merged = await unionOfLayers(
    [file('usr/lib/os-release'), file('usr/lib/os-a/conf'), file('usr/lib64/os-b'), file('etc/passwd')],
    [
      link('lib', 'usr/lib'),
      link('lib64', '/usr/lib64'),
      link('up', '../../usr/../etc'),
      link('usr/lib/here', '.'),
      link('loop', 'loop'),
      link('gone', 'usr/none'),
      file('data/[x].conf'),
      file('data/x.conf'),
      file('usr/lib/.hidden'),
      file(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x2f, 0xe9])),
      { path: 'usr/lib64/.wh.os-b', data: Buffer.alloc(0) },
      file('usr/lib64/os-c'),
    ],
  );
});

describe('expandPattern', () => {
  it.each([
    ['/lib/os-rel*', ['/lib/os-release']],
    ['lib*/os-*', ['/lib/os-a', '/lib/os-release', '/lib64/os-c']],
    ['/lib*/os-?/con[f]', ['/lib/os-a/conf']],
    ['/lib/here/here/os-r*', ['/lib/here/here/os-release']],
    ['/up/pass*', ['/up/passwd']],
    ['/usr/lib/../../etc/p*', ['/usr/lib/../../etc/passwd']],
    ['/lib/../*64/os-c', ['/lib/../lib64/os-c']],
    ['/../../et?/./passwd', ['/../../etc/passwd']],
    ['//lib/os-*/', ['/lib/os-a']],
    ['/[lu]*/', ['/lib', '/lib64', '/up', '/usr']],
    ['/g*', ['/gone']],
    ['/usr/lib/.h*', ['/usr/lib/.hidden']],
    ['/data/?', ['/data/\xe9']],
  ])('finds what %s matches', (pattern, paths) => {
    expect(found(merged, pattern)).toEqual(paths);
  });

  it('takes a path that exists literally as the only match, also behind symlinks', () => {
    expect(found(merged, '/data/[x].conf')).toEqual(['/data/[x].conf']);
    expect(found(merged, '/up/../data/[x].conf')).toEqual(['/up/../data/[x].conf']);
    expect(found(merged, '/data/\\[x\\].conf')).toEqual(['/data/[x].conf']);
    expect(found(merged, '/d*/[x].conf')).toEqual(['/data/x.conf']);
  });

  it.each(['/loop/*', '/gone/*', '/etc/passwd/*', '/lib64/os-b*', '/li?/x', '/etc/passwd*/'])(
    'finds nothing for %s',
    (pattern) => {
      expect(() => found(merged, pattern)).toThrow(`no path matches ${pattern}`);
    },
  );

  it('refuses patterns that match too many paths', async () => {
    const links = Array.from({ length: 30 }, (_, i) => link(`a/${i}`, '.'));
    const union = await unionOfLayers([...links, file('a/file')]);
    expect(() => found(union, `/a${'/*'.repeat(12)}`)).toThrow('too many paths match');
    expect(found(union, `/a/0/1/2/3/f*`)).toEqual(['/a/0/1/2/3/file']);
  });
});
