import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { analysed, INPUTS, readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { bytesOf } from '@layers/testing/bytes';
import { pipe } from '@layers/testing/documents';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { digestBy, json, layoutOf, ociArchive, ociImage, plainArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test, vi } from 'vitest';
import { contentDigests, readContent } from '../../../src/image/contents/content.ts';

const scratch = useScratch();
const long = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * 7 + (i >> 9)) & 0xff));
const files: EntrySpec[] = [
  { path: 'd/', type: 'directory' },
  { path: 'long', data: long },
  { path: 'short', data: Buffer.from('short') },
  { path: 'empty' },
  {
    path: 'sparse',
    data: Buffer.from('abcde'),
    sparse: {
      realSize: 3000,
      extents: [
        [10, 3],
        [2000, 2],
      ],
    },
  },
];
const expanded = Buffer.alloc(3000);
expanded.write('abc', 10);
expanded.write('de', 2000);
const contents = [null, long, Buffer.from('short'), Buffer.alloc(0), expanded];
const again = INPUTS.filter(([way]) => way !== 'a pipe');

describe.each(again)('contents in %s', (way, input) => {
  const isFile = way.endsWith('file');

  test.each(['raw', 'gzip'] as const)('of a %s layer are read', async (stored) => {
    const image = await readOne(input(ociArchive([files], { stored: [stored] }), scratch));
    for (const [entry, content] of contents.entries()) {
      if (content === null) continue;
      expect((await bytesOf(readContent(image, 0, entry))).equals(content), `${entry}`).toBe(true);
    }
  });

  test.runIf(process.platform === 'linux')(
    'may be left before their end, and leave no file open',
    async () => {
      const directory = '/proc/self/fd';
      const ours = (): number =>
        readdirSync(directory).filter((name) => linkOf(join(directory, name)).startsWith(scratch.folder))
          .length;
      const image = await readOne(input(ociArchive([files], { stored: ['gzip'] }), scratch));
      for await (const piece of readContent(image, 0, 1)) {
        expect(piece.length).toBeGreaterThan(0);
        expect(ours() > 0).toBe(isFile);
        break;
      }
      await vi.waitFor(() => expect(ours()).toBe(0));
    },
  );

  test('that are reachable have digests', async () => {
    const layers = [files, [{ path: 'short', data: Buffer.from('other') }]];
    const { image, union } = await analysed(input(ociArchive(layers, { stored: ['gzip', 'raw'] }), scratch));
    const [first, second] = await contentDigests(image, union.names);
    expect([...(first ?? [])]).toEqual([
      [1, digestBy('sha256', long)],
      [3, digestBy('sha256', Buffer.alloc(0))],
      [4, digestBy('sha256', expanded)],
    ]);
    expect([...(second ?? [])]).toEqual([[0, digestBy('sha256', Buffer.from('other'))]]);
  });

  test('of an embedded layer are read', async () => {
    const { manifest, config, layers } = ociImage([buildTar(files)]);
    const [layer] = layers;
    const document = JSON.parse(Buffer.from(manifest.file.data).toString());
    document.layers[0].data = Buffer.from(layer?.file.data ?? []).toString('base64');
    const data = json(document);
    const digest = digestBy('sha256', data);
    const archive = buildTar([
      ...layoutOf([{ ...manifest.descriptor, digest, size: data.length }]),
      { path: `blobs/sha256/${digest.slice(7)}`, data },
      config.file,
    ]);
    const image = await readOne(input(archive, scratch));
    expect((await bytesOf(readContent(image, 0, 1))).equals(long)).toBe(true);
  });

  test('of a layer whose name occurs several times are read from the last file', async () => {
    const tar = buildTar(files);
    const { files: plain } = plainArchive([{ name: 'layer.tar', tar }]);
    const archive = buildTar([
      { path: 'layer.tar', type: 'symlink', linkpath: 'elsewhere' },
      { path: './layer.tar', data: buildTar([{ path: 'wrong', data: Buffer.from('wrong') }]) },
      ...plain,
    ]);
    const image = await readOne(input(archive, scratch));
    expect((await bytesOf(readContent(image, 0, 2))).toString()).toBe('short');
  });

  test('of a layer behind a symlink are read', async () => {
    const tar = buildTar(files);
    const image = ociImage([tar]);
    const [layer] = image.layers;
    const archive = buildTar([
      ...layoutOf([image.manifest.descriptor]),
      { path: 'elsewhere', data: tar },
      { path: layer?.file.path ?? '', type: 'symlink', linkpath: '../../elsewhere' },
      image.config.file,
      image.manifest.file,
    ]);
    const read = await readOne(input(archive, scratch));
    expect((await bytesOf(readContent(read, 0, 2))).toString()).toBe('short');
  });
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

describe('contents of an archive from a pipe', () => {
  test('cannot be read again, which causes an error with a hint', async () => {
    const image = await readOne(pipe(ociArchive([files])));
    const error = await errorOfAsync(() => bytesOf(readContent(image, 0, 1)));
    expect([error.code, error.archive]).toEqual(['ERR_LAYERS_NEEDS_FILE', '-']);
    expect(error.hint).toContain('file');
    const names = [new Uint32Array([1, 1, 1, 1, 1])];
    expect(await codeOfAsync(() => contentDigests(image, names))).toBe('ERR_LAYERS_NEEDS_FILE');
  });
});

test.each(['raw', 'gzip'] as const)(
  'a hole of a petabyte in a layer that is %s is given as it is taken',
  async (form) => {
    const tar = buildTar([
      { path: 'f', data: Buffer.from('x'), sparse: { realSize: 2 ** 50, extents: [[2 ** 50 - 1, 1]] } },
    ]);
    const image = await readOne({
      path: scratch.file(
        buildDockerArchive(
          { images: [{ tags: [], layers: [tar] }] },
          { form: 'oci', compression: form === 'raw' ? null : form },
        ),
      ),
    });
    let taken = 0;
    for await (const piece of readContent(image, 0, 0)) {
      expect(piece.length).toBeLessThanOrEqual(2 ** 20);
      taken += piece.length;
      if (taken > 2 ** 24) break;
    }
    expect(taken).toBeGreaterThan(2 ** 24);
  },
);
