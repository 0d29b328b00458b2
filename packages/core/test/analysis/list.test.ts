import { analysed, INPUTS } from '@layers/testing/analysed';
import { errorOfAsync } from '@layers/testing/errors';
import { digestBy, ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { type ListOptions, listEntries, listHead } from '../../src/analysis/list.ts';

const scratch = useScratch();
const odd = Buffer.from([0x6e, 0xff]);
const LAYERS: EntrySpec[][] = [
  [
    { path: 'etc/', type: 'directory', mode: 0o1777, uid: 1, gid: 2, mtime: 3 },
    { path: 'etc/b', data: Buffer.from('bb'), mode: 0o4755, mtime: -5, mtimeNs: 7 },
    { path: 'etc/a', type: 'symlink', linkpath: 'b' },
    { path: 'dev/null', type: 'char', devmajor: 1, devminor: 3 },
    { path: 'hard', type: 'link', linkpath: 'etc/b' },
    { path: 'gone', data: Buffer.from('gone') },
    {
      path: 'x',
      data: Buffer.from('x'),
      xattrs: new Map([
        ['user.b', Buffer.from([255])],
        ['user.a', Buffer.from('a')],
      ]),
    },
  ],
  [
    { path: '.wh.gone' },
    { path: 'etc/.wh..wh..opq' },
    { path: 'etc/b', data: Buffer.from('new') },
    { path: odd, type: 'symlink', linkpath: odd },
    { path: 'fifo', type: 'fifo' },
  ],
];

const open = () => analysed({ path: scratch.file(ociArchive(LAYERS)) });
const list = async (options: ListOptions) => [...(await listEntries(await open(), options))];
const paths = async (options: ListOptions) => (await list(options)).map(({ path }) => path);

describe('the merged tree', () => {
  test('is sorted by the bytes of its paths, parents first', async () => {
    const all = ['/dev', '/dev/null', '/etc', '/etc/b', '/fifo', '/hard', '/n\uFFFD', '/x'];
    expect(await paths({ recursive: true })).toEqual(all);
    expect(await paths({})).toEqual(['/dev', '/etc', '/fifo', '/hard', '/n\uFFFD', '/x']);
    expect(await paths({ path: 'etc' })).toEqual(['/etc/b']);
    expect(await paths({ path: '/etc/b' })).toEqual(['/etc/b']);
    expect(await paths({ path: '//etc/./' })).toEqual(['/etc/b']);
  });

  test('has the attributes of each path from its layer', async () => {
    const entries = new Map((await list({ recursive: true })).map((entry) => [entry.path, entry]));
    const none = { sizeBytes: 0, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
    expect(entries.get('/etc')).toEqual({
      path: '/etc',
      type: 'directory',
      sizeBytes: 0,
      mode: 0o1777,
      uid: 1,
      gid: 2,
      mtime: 3,
      layer: 0,
    });
    expect(entries.get('/hard')).toEqual({
      path: '/hard',
      type: 'file',
      sizeBytes: 2,
      mode: 0o4755,
      uid: 0,
      gid: 0,
      mtime: -5,
      mtimeNs: 7,
      layer: 0,
    });
    expect(entries.get('/dev')).toEqual({
      ...none,
      path: '/dev',
      type: 'directory',
      mode: 0o755,
      layer: null,
    });
    expect(entries.get('/dev/null')).toEqual({
      ...none,
      path: '/dev/null',
      type: 'char',
      devmajor: 1,
      devminor: 3,
      layer: 0,
    });
    expect(entries.get('/x')?.xattrs).toEqual({ 'user.a': 'YQ==', 'user.b': '/w==' });
    expect(Object.keys(entries.get('/x')?.xattrs ?? {})).toEqual(['user.a', 'user.b']);
    expect(entries.get('/n\uFFFD')).toMatchObject({
      type: 'symlink',
      pathBase64: Buffer.concat([Buffer.from('/'), odd]).toString('base64'),
      linknameBase64: odd.toString('base64'),
      layer: 1,
    });
  });

  test('refers to the first of several hard links', async () => {
    const layers: EntrySpec[][] = [
      [
        { path: 'm', data: Buffer.from('1') },
        { path: 'z', type: 'link', linkpath: 'm' },
        { path: 'a/b', type: 'link', linkpath: 'm' },
      ],
    ];
    const analysis = await analysed({ path: scratch.file(ociArchive(layers)) });
    const told = [...(await listEntries(analysis, { recursive: true }))].map(({ path, linkname }) => [
      path,
      linkname,
    ]);
    expect(told).toEqual([
      ['/a', undefined],
      ['/a/b', undefined],
      ['/m', '/a/b'],
      ['/z', '/a/b'],
    ]);
  });

  test('has the digests of its files on request', async () => {
    const bytes = ociArchive(LAYERS, { stored: ['gzip'] });
    for (const [way, input] of INPUTS.slice(0, 2)) {
      const analysis = await analysed(input(bytes, scratch));
      const entries = [...(await listEntries(analysis, { recursive: true, digest: true }))];
      const digests = entries
        .filter(({ digest }) => digest !== undefined)
        .map(({ path, digest }) => [path, digest]);
      expect(digests, way).toEqual([
        ['/etc/b', digestBy('sha256', Buffer.from('new'))],
        ['/hard', digestBy('sha256', Buffer.from('bb'))],
        ['/x', digestBy('sha256', Buffer.from('x'))],
      ]);
    }
  });
});

describe('one layer', () => {
  test('is listed in the order of its tar, with its markers', async () => {
    const told = (await list({ layer: 1 })).map(({ path, type }) => `${type} ${path}`);
    expect(told).toEqual(['whiteout /gone', 'opaque /etc', 'file /etc/b', 'symlink /n\uFFFD', 'fifo /fifo']);
    const below = (await list({ layer: 0 })).map(
      ({ path, type, linkname }) => `${type} ${path} ${linkname ?? ''}`,
    );
    expect(below).toContain('link /hard etc/b');
    expect(below).toHaveLength(7);
  });

  test('is listed below a path', async () => {
    expect(await paths({ layer: 0, path: 'etc/' })).toEqual(['/etc', '/etc/b', '/etc/a']);
    expect(await paths({ layer: 0, path: '/etc/a' })).toEqual(['/etc/a']);
    expect(await paths({ layer: 0, path: '/' })).toHaveLength(7);
  });
});

describe('a missing path or layer', () => {
  test.each([
    [{ path: '/gone' }, 'ERR_LAYERS_PATH_NOT_FOUND', /layer 0 contains it/],
    [{ path: '/never' }, 'ERR_LAYERS_PATH_NOT_FOUND', /no layer contains it/],
    [{ path: '/e', layer: 0 }, 'ERR_LAYERS_PATH_NOT_FOUND', /list the layer/],
    [{ layer: 2 }, 'ERR_LAYERS_LAYER_NOT_FOUND', /the image has 2 layers, numbered from 0/],
    [{ layer: 0.5 }, 'ERR_LAYERS_LAYER_NOT_FOUND', /2 layers, numbered from 0/],
  ] as const)('%j causes an error with a hint', async (options, code, hint) => {
    const error = await errorOfAsync(() => list(options));
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
  });
});

test('the head describes the list', async () => {
  const analysis = await open();
  expect(listHead(analysis, { layer: 1 }).layer).toBe(1);
  const { findings, ...head } = listHead(analysis, {});
  expect(head).toMatchObject({ schemaVersion: 2, layer: null });
  // The second layer has no entry for /etc.
  expect(findings.map(({ code }) => code)).toEqual(['parent-without-entry']);
});
