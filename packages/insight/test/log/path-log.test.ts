import { createHash } from 'node:crypto';
import { openImage } from '@layers/core';
import { pathLog } from '@layers/insight';
import { type LogOptions, logDocument } from '@layers/insight/log';
import { readOne } from '@layers/testing/analysed';
import { pipe } from '@layers/testing/documents';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it, test } from 'vitest';

const scratch = useScratch();
const bytes = (text: string): Buffer => Buffer.from(text);
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const dir = (path: string): EntrySpec => ({ path, type: 'directory' });

async function logOf(layers: readonly (readonly EntrySpec[])[], path: string, options: LogOptions = {}) {
  const image = await readOne({ path: scratch.file(ociArchive(layers)) });
  return logDocument(image, path, options);
}

describe('the log of a path', () => {
  it('has the attributes, digests and instructions of each state', async () => {
    const document = await logOf(
      [
        [{ path: 'etc/a', data: bytes('one'), mtime: 5 }],
        [{ path: 'other' }],
        [{ path: 'etc/a', data: bytes('two'), mtime: 5, mode: 0o600, uid: 7 }],
        [{ path: 'etc/a', data: bytes('two'), mtime: 6, mode: 0o600, uid: 7 }],
        [{ path: 'etc/a', type: 'symlink', linkpath: 'b' }],
        [{ path: 'etc/.wh.a' }],
      ],
      '/etc/a',
    );
    expect(document).toMatchObject({ path: '/etc/a', visible: false });
    expect(document.events).toEqual([
      expect.objectContaining({
        layer: 0,
        change: 'added',
        sizeBytes: 3,
        mode: 0o644,
        digest: sha256('one'),
      }),
      expect.objectContaining({
        layer: 2,
        change: 'changed',
        fields: ['mode', 'owner', 'content'],
        digest: sha256('two'),
        instruction: 'STEP 2',
      }),
      expect.objectContaining({ layer: 3, change: 'changed', fields: ['mtime'], mtime: 6 }),
      expect.objectContaining({ layer: 4, change: 'replaced', type: 'symlink', linkname: 'b', digest: null }),
      expect.objectContaining({
        layer: 5,
        change: 'deleted',
        type: 'symlink',
        by: { marker: 'whiteout', path: '/etc/a' },
      }),
    ]);
  });

  it.each<[string, readonly EntrySpec[], object]>([
    ['its whiteout', [{ path: 'a/b/.wh.c' }], { marker: 'whiteout', path: '/a/b/c' }],
    ['the whiteout of a parent', [{ path: 'a/.wh.b' }], { marker: 'whiteout', path: '/a/b' }],
    ['a device 0:0 in place of a parent', [{ path: 'a', type: 'char' }], { marker: 'whiteout', path: '/a' }],
    ['an opaque parent', [{ path: 'a/.wh..wh..opq' }], { marker: 'opaque', path: '/a' }],
    ['an opaque root', [{ path: '.wh..wh..opq' }], { marker: 'opaque', path: '/' }],
    ['a file in place of a parent', [{ path: 'a', data: bytes('x') }], { marker: 'entry', path: '/a' }],
    ['both', [{ path: '.wh.a' }, { path: 'a', data: bytes('x') }], { marker: 'whiteout', path: '/a' }],
  ])('names %s as the cause of a deletion', async (_, entries, by) => {
    const { events, visible } = await logOf([[{ path: 'a/b/c', data: bytes('x') }], entries], 'a/b/c');
    expect([visible, events.map(({ change }) => change)]).toEqual([false, ['added', 'deleted']]);
    expect(events[1]?.by).toEqual(by);
    // The digest is that of the deleted content.
    expect(events[1]?.digest).toBe(sha256('x'));
  });

  it('names directories that hide what is below', async () => {
    const layers = [
      [dir('d'), { path: 'd/x' }],
      [dir('d')],
      [dir('d'), { path: 'd/.wh..wh..opq' }],
      [{ path: '.wh.d' }, { ...dir('d'), mode: 0o700 }],
      [{ path: '.wh.d' }],
    ];
    const { events } = await logOf(layers, 'd/');
    expect(events.map(({ layer, change, by, fields }) => ({ layer, change, by, fields }))).toEqual([
      { layer: 0, change: 'added' },
      { layer: 2, change: 'opaque', by: { marker: 'opaque', path: '/d' }, fields: [] },
      { layer: 3, change: 'opaque', by: { marker: 'whiteout', path: '/d' }, fields: ['mode'] },
      { layer: 4, change: 'deleted', by: { marker: 'whiteout', path: '/d' } },
    ]);
  });

  it('names the targets of hard links', async () => {
    const layers = [
      [
        { path: 'a', data: bytes('a') },
        { path: 'b', type: 'link' as const, linkpath: './a' },
      ],
      [{ path: 'a', data: bytes('new') }],
    ];
    expect((await logOf(layers, '/b')).events).toEqual([
      expect.objectContaining({
        layer: 0,
        change: 'added',
        type: 'file',
        linkedTo: '/a',
        digest: sha256('a'),
      }),
    ]);
    expect((await logOf(layers, '/a')).events.map(({ linkedTo }) => linkedTo)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('follows symlinks in parents, as cat does, but not the path itself', async () => {
    const layers = [
      [
        { path: 'usr/lib/x', data: bytes('x') },
        { path: 'lib', type: 'symlink' as const, linkpath: 'usr/lib' },
        { path: 'abs', type: 'symlink' as const, linkpath: '/lib/../lib' },
      ],
      [{ path: 'usr/lib/.wh.x' }],
      [{ path: '.wh.lib' }, { path: '.wh.abs' }],
    ];
    for (const path of ['/usr/lib/x', '/lib/x', 'lib//x', '/abs/x', '/usr/./lib/../lib/x']) {
      expect(await logOf(layers.slice(0, 2), path)).toMatchObject({ path: '/usr/lib/x', visible: false });
      // The links are gone too: they are followed to where they led last.
      expect((await logOf(layers, path)).path).toBe('/usr/lib/x');
    }
    expect((await logOf(layers, '/lib')).events.map(({ type }) => type)).toEqual(['symlink', 'symlink']);
  });

  it('prefers what the final file system has to a path that was there before', async () => {
    const layers = [
      [{ path: 'lib/x', data: bytes('old') }],
      [{ path: 'lib', type: 'symlink' as const, linkpath: 'usr/lib' }, { path: 'usr/lib/x' }],
    ];
    expect((await logOf(layers, '/lib/x')).path).toBe('/usr/lib/x');
    expect((await logOf([...layers, [{ path: 'usr/lib/.wh.x' }]], '/lib/x')).path).toBe('/usr/lib/x');
    expect((await logOf(layers.slice(0, 1), '/lib/x')).path).toBe('/lib/x');
  });

  it('ends for links that form a cycle', async () => {
    const layers = [
      [
        { path: 'a', type: 'symlink' as const, linkpath: 'b' },
        { path: 'b', type: 'symlink' as const, linkpath: 'a' },
      ],
      [{ path: '.wh.a' }, { path: '.wh.b' }],
    ];
    await expect(logOf(layers, '/a/x')).rejects.toMatchObject({ code: 'ERR_LAYERS_PATH_NOT_FOUND' });
    await expect(logOf(layers.slice(0, 1), '/a/x')).rejects.toMatchObject({
      code: 'ERR_LAYERS_PATH_NOT_FOUND',
    });
  });

  it('of a path that no layer contains is an error', async () => {
    await expect(logOf([[{ path: 'a' }]], '/b')).rejects.toMatchObject({ code: 'ERR_LAYERS_PATH_NOT_FOUND' });
    expect(await logOf([[{ path: 'a' }]], '/')).toMatchObject({ path: '/', visible: true, events: [] });
  });
});

describe('patches', () => {
  it('show the changes of text, and why there are none', async () => {
    const layers = [
      [{ path: 'a', data: bytes('1\n2\n') }],
      [{ path: 'a', data: bytes('1\n3\n') }],
      [{ path: 'a', data: bytes('1\n3\n'), mode: 0o600 }],
      [{ path: 'a', data: Buffer.from([0]) }],
      [{ path: 'a', data: Buffer.alloc(1024 * 1024 + 1) }],
      [dir('a')],
      [{ path: '.wh.a' }],
      [{ path: 'a', data: bytes('again\n') }],
      [{ path: '.wh.a' }],
    ];
    const { events } = await logOf(layers, 'a', { patch: true });
    const hunks = events.map(
      ({ patch, patchOmitted }) => patchOmitted ?? patch?.split('\n').slice(2).join('|'),
    );
    expect(hunks).toEqual([
      '@@ -0,0 +1,2 @@|+1|+2|',
      '@@ -1,2 +1,2 @@| 1|-2|+3|',
      undefined,
      'binary',
      'too-large',
      'too-large',
      undefined,
      '@@ -0,0 +1 @@|+again|',
      '@@ -1 +0,0 @@|-again|',
    ]);
    expect((await logOf(layers, 'a')).events.some((event) => 'patch' in event)).toBe(false);
  });
});

test('a sparse file of terabytes has no digest', async () => {
  const sparse = { realSize: 2 ** 42, extents: [[0, 1] as const] };
  const { events } = await logOf([[{ path: 'huge', data: bytes('x'), sparse }]], 'huge', { patch: true });
  expect(events).toEqual([
    expect.objectContaining({ sizeBytes: 2 ** 42, digest: null, patchOmitted: 'too-large' }),
  ]);
});

test('contents of a stream cannot be read again', async () => {
  const archive = ociArchive([[{ path: 'a', data: bytes('x') }]]);
  await expect(logDocument(await readOne(pipe(archive)), 'a')).rejects.toMatchObject({
    code: 'ERR_LAYERS_NEEDS_FILE',
  });
  const { events } = await pathLog(await openImage(archive), '/a');
  expect(events.map(({ digest }) => digest)).toEqual([sha256('x')]);
});

test('an aborted log throws the reason of the signal', async () => {
  const reason = new Error('stop');
  const layers = [[{ path: 'a', data: Buffer.alloc(9_000_000) }]];
  await expect(logOf(layers, 'a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
