import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { answerOf, documentsOf, pipe } from './support/answer.ts';
import { IMAGE, LAYERS } from './support/corpus.ts';
import { filesOf } from './support/tar-bytes.ts';

const scratch = useScratch();
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const CONFIG = json({ rootfs: { type: 'layers', diff_ids: [] }, os: 'linux', architecture: 'amd64' });
const LAYER = LAYERS[0] ?? Buffer.alloc(0);

function archive(entries: readonly EntrySpec[], config = 'config', layers: readonly string[] = []): Buffer {
  const manifest = [{ Config: config, RepoTags: ['x:1'], Layers: layers }];
  return buildTar([{ path: 'manifest.json', data: json(manifest) }, ...entries]);
}

const link = (path: string, linkpath: string): EntrySpec => ({ type: 'symlink', path, linkpath });
const hardLink = (path: string, linkpath: string): EntrySpec => ({ type: 'link', path, linkpath });
const config: EntrySpec = { path: 'config', data: CONFIG };

const REFUSED: Readonly<Record<string, Buffer>> = {
  'a config that is a link to itself': archive([link('config', 'config')]),
  'a circle of three links': archive([link('config', 'b'), link('b', 'c'), link('c', 'config')]),
  'a circle of hard links': archive([hardLink('config', 'b'), hardLink('b', 'config')]),
  'a chain of a thousand links': archive([
    link('config', 'l0'),
    ...Array.from({ length: 1000 }, (_, i) => link(`l${i}`, `l${i + 1}`)),
    { path: 'l1000', data: CONFIG },
  ]),
  'a link out of the archive': archive([link('config', '../../../etc/passwd')]),
  'a hard link out of the archive': archive([hardLink('config', '../x')]),
  'a layer that is a link out of the archive': archive([config, link('l', '../../l')], 'config', ['l']),
  'a layer in a circle': archive([config, link('l', 'm'), link('m', 'l')], 'config', ['l']),
  'manifest.json itself in a circle': buildTar([link('manifest.json', 'manifest.json')]),
};

const READ: Readonly<Record<string, Buffer>> = {
  'a link that leads to the config': archive([link('config', './a/../real'), { path: 'real', data: CONFIG }]),
  'an absolute link counts from the root of the archive': archive([
    link('config', '/real'),
    { path: 'real', data: CONFIG },
  ]),
  'absolute names': archive([{ path: '/config', data: CONFIG }], '/config'),
  'a name with inner dots': archive([{ path: './a/.././config', data: CONFIG }]),
  'a name with .. that leads out of the archive is ignored': archive([
    config,
    { path: '../config', data: Buffer.from('no') },
  ]),
  'two configs of one name: the last one counts': archive([
    { path: 'config', data: Buffer.from('not json') },
    config,
  ]),
  'two manifests: the last one counts': buildTar([
    { path: 'manifest.json', data: Buffer.from('{') },
    config,
    { path: 'manifest.json', data: json([{ Config: 'config', Layers: [] }]) },
  ]),
  'a layer, and later a link of the same name': archive(
    [config, { path: 'l', data: LAYER }, link('l', 'm'), { path: 'm', data: LAYER }],
    'config',
    ['l'],
  ),
  'a layer that is a directory': archive([config, { type: 'directory', path: 'l/' }], 'config', ['l']),
  'a layer that is a device': archive([config, { type: 'char', path: 'l' }], 'config', ['l']),
  'a layer that is the manifest': archive([config], 'config', ['manifest.json', 'config']),
  'an empty layer': archive([config, { path: 'l', data: new Uint8Array(0) }], 'config', ['l']),
  'a layer of text': archive([config, { path: 'l', data: Buffer.from('hello') }], 'config', ['l']),
};

async function expectOneAnswer(bytes: Buffer): Promise<Awaited<ReturnType<typeof answerOf>>> {
  const path = scratch.file(bytes, 'odd');
  const fromFile = await answerOf(() => ({ path }));
  expect(await answerOf(() => pipe(bytes, bytes.length))).toEqual(fromFile);
  return fromFile;
}

describe('files that do not lead to contents', () => {
  test.each(Object.entries(REFUSED))('%s: refused', async (_, bytes) => {
    const { documents } = await expectOneAnswer(bytes);
    expect(documents).toEqual({ error: 'ERR_LAYERS_ARCHIVE_LINK' });
  });
});

describe('files with unusual names and types', () => {
  test.each(Object.entries(READ))('%s: read', async (_, bytes) => {
    const { documents } = await expectOneAnswer(bytes);
    expect(documents['error']).toBeUndefined();
    expect(documents['images']).toHaveLength(1);
  });
});

describe('a layout on disk', () => {
  const built = buildDockerArchive({ images: [IMAGE] }, { form: 'oci' });
  const files = (): EntrySpec[] =>
    filesOf(built).map(({ name, offset, size }) => ({
      path: name,
      data: built.subarray(offset, offset + size),
    }));
  const layerOf = (entries: readonly EntrySpec[]): EntrySpec & { path: string } => {
    const { path } = entries.reduce((a, b) => ((b.data?.length ?? 0) > (a.data?.length ?? 0) ? b : a));
    return { path: path.toString() };
  };
  const without = (path: string): string => scratch.layout(files().filter((file) => file.path !== path));

  test('a blob that is a symlink out of the directory to other bytes is not followed', async () => {
    const { path } = layerOf(files());
    const folder = without(path);
    const secret = scratch.file(Buffer.from('root:*:19000'), 'outside');
    symlinkSync(secret, join(folder, path));
    expect(await documentsOf({ path: folder })).toEqual({ error: 'ERR_LAYERS_ARCHIVE_LINK' });
  });

  test('a blob that is a symlink inside the directory is followed', async () => {
    const { path } = layerOf(files());
    const folder = without(path);
    writeFileSync(join(folder, 'kept'), files().find((file) => file.path === path)?.data ?? LAYER);
    symlinkSync('../../kept', join(folder, path));
    expect(JSON.stringify(await documentsOf({ path: folder }))).toContain('"path":"/bin/other"');
  });

  test('a directory `blobs` that is a symlink out of the layout is followed to blobs with their digests', async () => {
    const away = scratch.layout(files());
    const folder = scratch.layout(files().filter(({ path }) => !path.toString().startsWith('blobs/')));
    symlinkSync(join(away, 'blobs'), join(folder, 'blobs'));
    expect(await documentsOf({ path: folder })).toEqual(await documentsOf({ path: away }));
    const { path } = layerOf(files());
    writeFileSync(join(away, path), 'root:*:19000');
    expect(await documentsOf({ path: folder })).toEqual({ error: 'ERR_LAYERS_ARCHIVE_LINK' });
  });

  test('symlinks in a circle', async () => {
    const { path } = layerOf(files());
    const folder = without(path);
    symlinkSync(join(folder, path), join(folder, path));
    expect(await documentsOf({ path: folder })).toHaveProperty('error');
  });

  test('a FIFO instead of a blob does not block', async () => {
    const { path } = layerOf(files());
    const folder = without(path);
    execFileSync('mkfifo', [join(folder, path)]);
    const answer = await answerOf(() => ({ path: folder }));
    expect(JSON.stringify(answer.documents)).toContain('layer-missing');
    expect(answer.verified['verified']).toBe(false);
  });

  test('a FIFO and a socket next to the blobs do not block verify', async () => {
    const folder = scratch.layout(files());
    execFileSync('mkfifo', [join(folder, 'blobs/sha256', 'f'.repeat(64))]);
    mkdirSync(join(folder, 'blobs/sha256', 'e'.repeat(64)));
    expect((await answerOf(() => ({ path: folder }))).verified['verified']).toBe(true);
  });

  test('a directory whose index.json is a FIFO or a directory is not a layout', async () => {
    const folder = without('index.json');
    execFileSync('mkfifo', [join(folder, 'index.json')]);
    expect(await documentsOf({ path: folder })).toEqual({ error: 'ERR_LAYERS_NOT_AN_IMAGE' });
  });
});
