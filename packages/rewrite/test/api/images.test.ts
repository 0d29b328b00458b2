import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findWaste, listFiles, openImage, openImages, readFile } from '@layers/core';
import {
  appendLayer,
  configureImage,
  exportImage,
  extractImage,
  repackImage,
  squashImage,
  writeArchive,
  writeImage,
} from '@layers/rewrite';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { blobOf, configOf, layoutOf, OCI, ociImage } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const archive = buildDockerArchive(
  {
    images: [
      {
        tags: ['app:1'],
        layers: [
          buildTar([
            { path: 'cache', data: Buffer.alloc(5000, 1) },
            { path: 'etc/name', data: Buffer.from('one\n') },
          ]),
          buildTar([{ path: '.wh.cache' }, { path: 'app', data: Buffer.from('app\n') }]),
        ],
      },
    ],
  },
  { form: 'oci', compression: 'gzip' },
);
const scratch = useScratch();
const open = () => openImage(scratch.file(archive));
let outputs = 0;
const newOutput = (): string => join(scratch.folder, `output-${outputs++}`);

async function pathsOf(path: string): Promise<string[]> {
  const files = await listFiles(await openImage(path), { recursive: true });
  return [...files].map((entry) => entry.path);
}

describe('the functions of the public API', () => {
  it('squash into one layer with the same files', async () => {
    const path = newOutput();
    const written = await writeImage(await squashImage(await open()), path);
    const image = await openImage(path);
    expect(image.id).toBe(written.id);
    expect(image.layers).toHaveLength(1);
    expect(await pathsOf(path)).toEqual(['/app', '/etc', '/etc/name']);
  });

  it('repack without waste', async () => {
    const path = newOutput();
    await writeImage(await repackImage(await open(), { dropWaste: true }), path, { format: 'docker' });
    const image = await openImage(path);
    expect((await findWaste(image)).waste).toEqual([]);
    expect(image.layers).toHaveLength(2);
  });

  it('append a layer', async () => {
    const path = newOutput();
    const source = scratch.file(Buffer.from('new\n'), 'new.txt');
    const { image, plan } = await appendLayer(await open(), {
      additions: [{ source, destination: '/etc/new' }],
      deletions: ['app'],
    });
    expect(plan).toMatchObject({ files: 1, deleted: 1 });
    await writeImage(image, path);
    expect(await pathsOf(path)).toEqual(['/etc', '/etc/name', '/etc/new']);
    expect(Buffer.from(await readFile(await openImage(path), '/etc/new')).toString()).toBe('new\n');
  });

  it('configure and keep the layers', async () => {
    const path = newOutput();
    const image = await open();
    await writeImage(await configureImage(image, { edits: { setEnv: [['PORT', '8080']] } }), path);
    const changed = await openImage(path);
    expect(changed.config.config?.Env).toEqual(['PORT=8080']);
    expect(changed.layers.map(({ digest }) => digest)).toEqual(image.layers.map(({ digest }) => digest));
  });

  it('write an unchanged image, several images, a layout, and a stream', async () => {
    const image = await open();
    const path = newOutput();
    const { id } = await writeImage(image, path, { format: 'oci-dir' });
    expect(id).toBe(image.id);
    expect((await openImage(path)).digest).toBe(image.digest);
    await expect(writeImage(image, path, { format: 'oci-dir' })).rejects.toMatchObject({
      code: 'ERR_LAYERS_OUTPUT_EXISTS',
    });
    const both = newOutput();
    const squashed = await squashImage(image, { tags: ['app:2'] });
    await writeArchive([image, squashed], both);
    expect((await openImages(both)).map(({ tags }) => tags)).toEqual([['app:1'], ['app:2']]);
    const chunks: Uint8Array[] = [];
    await writeArchive([image, squashed], {
      kind: 'stream',
      write: async (chunk) => void chunks.push(new Uint8Array(chunk)),
    });
    expect(Buffer.concat(chunks).equals(readFileSync(both))).toBe(true);
  });

  it('export a tar, whose chunks stay valid', async () => {
    const { tarBytes, chunks } = await exportImage(await open());
    const all: Uint8Array[] = [];
    for await (const chunk of chunks()) all.push(chunk);
    const tar = Buffer.concat(all);
    expect(tar).toHaveLength(tarBytes);
    expect(tar.includes('app\n')).toBe(true);
  });

  it('extract all files, or some paths', async () => {
    const all = newOutput();
    expect(await extractImage(await open(), all)).toMatchObject({ files: 2, directories: 1 });
    expect(readFileSync(join(all, 'etc/name'), 'utf8')).toBe('one\n');
    expect(await extractImage(await open(), newOutput(), { paths: ['app'] })).toMatchObject({ files: 1 });
    const notEmpty = newOutput();
    mkdirSync(notEmpty);
    writeFileSync(join(notEmpty, 'other'), '');
    await expect(extractImage(await open(), notEmpty)).rejects.toMatchObject({
      code: 'ERR_LAYERS_OUTPUT_EXISTS',
    });
  });

  it('keep the platform of the descriptor, and replace it by an edit', async () => {
    const built = ociImage([buildTar([{ path: 'a' }])]);
    const platform = { os: 'linux', architecture: 'arm', variant: 'v6' };
    const index = layoutOf([{ ...built.manifest.descriptor, platform }]);
    const arm = await openImage(scratch.file(buildTar([...index, ...built.files])));
    const paths = [newOutput(), newOutput()];
    await writeImage(await squashImage(arm), paths[0] ?? '');
    expect((await openImage(paths[0] ?? '')).platform).toEqual(platform);
    const edits = { platform: { os: 'linux', architecture: 'amd64' } };
    await writeImage(await configureImage(arm, { edits }), paths[1] ?? '');
    expect((await openImage(paths[1] ?? '')).platform).toEqual(edits.platform);
  });

  it('refuse an image with a layer that is not a tar', async () => {
    const layer = blobOf(buildTar([{ path: 'a' }]), 'application/vnd.erofs.layer.v1');
    const config = blobOf(configOf([layer.file.data]), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      { config: config.descriptor, layers: [layer.descriptor] },
      `${OCI}.manifest.v1+json`,
    );
    const files = [layer, config, manifest].map(({ file }) => file);
    const image = await openImage(scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files])));
    for (const change of [squashImage, repackImage, exportImage]) {
      await expect(change(image)).rejects.toMatchObject({ code: 'ERR_LAYERS_NOT_A_TAR' });
    }
  });

  it('write hard links that AUFS stored in `.wh..wh.plnk` under their own names', async () => {
    const content = { path: '.wh..wh.plnk/292.1', data: Buffer.alloc(5000, 7), mode: 0o755 };
    const links = ['usr/bin/perl', 'usr/bin/perl5'].map(
      (path) => ({ path, type: 'link', linkpath: content.path }) as const,
    );
    const spec = { tags: ['app:1'], layers: [buildTar([content, ...links])] };
    const image = await openImage(scratch.file(buildDockerArchive({ images: [spec] }, { form: 'legacy' })));
    const options = [{}, { dropWaste: true }, { reproducible: { latest: 0 } }];
    const changed = [
      await squashImage(image),
      ...(await Promise.all(options.map((each) => repackImage(image, each)))),
    ];
    for (const each of changed) {
      const path = newOutput();
      await writeImage(each, path);
      const [perl, perl5] = [...(await listFiles(await openImage(path), { path: '/usr/bin' }))];
      expect([perl, perl5].map((entry) => [entry?.path, entry?.sizeBytes, entry?.mode])).toEqual([
        ['/usr/bin/perl', 5000, 0o755],
        ['/usr/bin/perl5', 5000, 0o755],
      ]);
      expect(Buffer.from(await readFile(await openImage(path), '/usr/bin/perl5'))).toEqual(content.data);
    }
  });
});
