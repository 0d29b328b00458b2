import { analysed, INPUTS } from '@layers/testing/analysed';
import { textOf } from '@layers/testing/bytes';
import { errorOfAsync } from '@layers/testing/errors';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.ts';
import { catFile } from '../../src/analysis/cat.ts';

const scratch = useScratch();
const file = (path: string, text: string = path): EntrySpec => ({ path, data: Buffer.from(text) });
const symlink = (path: string, linkpath: string): EntrySpec => ({ path, type: 'symlink', linkpath });
const link = (path: string, linkpath: string): EntrySpec => ({ path, type: 'link', linkpath });

const LAYERS = [
  [
    file('etc/secret', 'the secret'),
    file('etc/motd', 'old'),
    file('usr/lib/os-release', 'name'),
    symlink('etc/os-release', '../usr/lib/os-release'),
    symlink('lib', '/usr/lib'),
    symlink('up', '../../../etc/motd'),
    symlink('chain', 'lib/../lib/os-release'),
    symlink('loop', 'pool'),
    symlink('pool', 'loop'),
    symlink('dangling', 'nowhere'),
    link('hard', 'etc/motd'),
    link('around', 'about'),
    link('about', 'around'),
    file('twice', 'first'),
    file('twice', 'second'),
  ],
  [file('etc/.wh.secret', ''), file('etc/motd', 'new')],
];

const again = INPUTS.filter(([way]) => way !== 'a pipe');

describe.each(again)('a file in %s', (_, input) => {
  const open = (): Promise<Analysis> =>
    analysed(input(ociArchive(LAYERS, { stored: ['gzip', 'raw'] }), scratch));
  const cat = async (path: string, layer?: number): Promise<string> =>
    textOf(catFile(await open(), { path, layer }));

  test.each([
    ['/etc/motd', 'new'],
    ['etc//./motd', 'new'],
    ['/etc/os-release', 'name'],
    ['/lib/os-release', 'name'],
    ['/chain', 'name'],
    ['/up', 'new'],
    ['/etc/../etc/motd', 'new'],
    ['/../../etc/motd', 'new'],
    ['/hard', 'old'],
    ['/twice', 'second'],
  ])('%s has its content', async (path, text) => {
    expect(await cat(path)).toBe(text);
  });

  test('that a later layer deletes or changes is read from its own layer', async () => {
    expect(await cat('/etc/secret', 0)).toBe('the secret');
    expect(await cat('etc/motd', 0)).toBe('old');
    expect(await cat('./etc/motd/', 1)).toBe('new');
    expect(await cat('/hard', 0)).toBe('old');
    expect(await cat('/twice', 0)).toBe('second');
  });

  test.each([
    [
      '/etc/secret',
      undefined,
      'ERR_LAYERS_PATH_NOT_FOUND',
      'layer 0 contains it, and a later layer deletes it: read that layer alone',
    ],
    [
      '/nothing',
      undefined,
      'ERR_LAYERS_PATH_NOT_FOUND',
      'no layer contains it; list the image to see its paths',
    ],
    [
      '/dangling',
      undefined,
      'ERR_LAYERS_PATH_NOT_FOUND',
      'no layer contains it; list the image to see its paths',
    ],
    [
      '/etc/motd/x',
      undefined,
      'ERR_LAYERS_PATH_NOT_FOUND',
      'no layer contains it; list the image to see its paths',
    ],
    ['/etc', undefined, 'ERR_LAYERS_NOT_A_FILE', 'list the path to see its type'],
    ['/', undefined, 'ERR_LAYERS_NOT_A_FILE', 'list the path to see its type'],
    ['/loop', undefined, 'ERR_LAYERS_NOT_A_FILE', 'its links form a cycle'],
    ['/loop/x', undefined, 'ERR_LAYERS_NOT_A_FILE', 'its links form a cycle'],
    ['/etc/os-release', 0, 'ERR_LAYERS_NOT_A_FILE', 'list the path to see its type'],
    ['/around', 0, 'ERR_LAYERS_NOT_A_FILE', 'its links form a cycle'],
    ['/etc/secret', 1, 'ERR_LAYERS_PATH_NOT_FOUND', 'list the layer to see its paths'],
    ['/etc/motd', 2, 'ERR_LAYERS_LAYER_NOT_FOUND', 'the image has 2 layers, numbered from 0'],
    ['/etc/motd', -1, 'ERR_LAYERS_LAYER_NOT_FOUND', 'the image has 2 layers, numbered from 0'],
  ])('%s of layer %s causes an error with a hint', async (path, layer, code, hint) => {
    const error = await errorOfAsync(() => cat(path, layer));
    expect([error.code, error.hint]).toEqual([code, hint]);
  });
});
