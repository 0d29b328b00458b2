import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fileSource,
  type ImageSource,
  type Layer,
  openImage,
  openImages,
  rangeSource,
  verifyImage,
} from '@layers/core';
import {
  type ArchiveForm,
  buildDockerArchive,
  compress,
  type ImageSpec,
  sha256,
} from '@layers/testing/archive-builder';
import { pipeOf } from '@layers/testing/documents';
import { served } from '@layers/testing/every-way';
import { blobOf, json, OCI, plainArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const base = buildTar([
  { path: 'etc/hostname', data: Buffer.from('base\n') },
  { path: 'big', data: Buffer.alloc(700_000, 7) },
]);
const top = buildTar([{ path: 'app', data: Buffer.from('app\n') }]);
const spec: ImageSpec = {
  tags: ['app:1'],
  layers: [base, top],
  config: {
    config: {
      Env: ['PATH=/bin'],
      Labels: { a: 'b' },
      Cmd: null,
      User: 7,
      Healthcheck: { Test: ['NONE'], Interval: 5_000_000_000, Later: true },
      Unknown: [1],
    },
    'x-field': { kept: true },
  },
};
const digest = (bytes: Uint8Array | string): string => `sha256:${sha256(bytes)}`;
const scratch = useScratch();

const archiveOf = (form: ArchiveForm, compression: 'gzip' | null = 'gzip'): Buffer =>
  buildDockerArchive({ images: [spec] }, { form, compression });

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function layerAt(layers: readonly Layer[], index: number): Layer {
  const layer = layers[index];
  if (layer === undefined) throw new Error(`no layer ${index}`);
  return layer;
}

describe('openImage', () => {
  it('returns the values in the documents of an OCI archive', async () => {
    const image = await openImage(scratch.file(archiveOf('oci')));
    expect(image.tags).toEqual(['app:1']);
    expect(image.platform).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(image.source.format).toBe('oci-archive');
    expect(image.id).toBe(digest(image.rawConfig ?? ''));
    expect(image.digest).toBe(digest(image.rawManifest ?? ''));
    expect(image.manifest?.layers.map((layer) => layer.digest)).toEqual(
      image.layers.map((layer) => layer.digest),
    );
    expect(image.manifest?.config.digest).toBe(image.id);
    const chained = digest(`${digest(base)} ${digest(top)}`);
    expect(image.layers).toMatchObject([
      { index: 0, diffId: digest(base), chainId: digest(base), sizeBytes: compress(base, 'gzip').length },
      { index: 1, diffId: digest(top), chainId: chained, digest: digest(compress(top, 'gzip')) },
    ]);
    expect(image.layers.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.oci.image.layer.v1.tar+gzip',
      'application/vnd.oci.image.layer.v1.tar+gzip',
    ]);
  });

  it('determines an undeclared media type of a layer from its bytes', async () => {
    const raw = await openImage(scratch.file(archiveOf('legacy', null)));
    expect(layerAt(raw.layers, 0)).toMatchObject({ digest: null, sizeBytes: base.length });
    expect(layerAt(raw.layers, 0).mediaType).toBe('application/vnd.docker.image.rootfs.diff.tar');
    const gzip = await openImage(scratch.file(archiveOf('legacy')));
    expect(layerAt(gzip.layers, 0).mediaType).toBe('application/vnd.docker.image.rootfs.diff.tar.gzip');
    expect(raw.manifest).toBeNull();
    expect(raw.digest).toBeNull();
  });

  it('types the config, keeps unknown fields and omits fields of another type', async () => {
    const { config, rawConfig } = await openImage(scratch.file(archiveOf('hybrid')));
    expect(config.rootfs.diff_ids).toEqual([digest(base), digest(top)]);
    expect(config['x-field']).toEqual({ kept: true });
    expect(config.config).toEqual({
      Env: ['PATH=/bin'],
      Labels: { a: 'b' },
      Healthcheck: { Test: ['NONE'], Interval: 5_000_000_000, Later: true },
      Unknown: [1],
    });
    expect(config.history?.map(({ created_by }) => created_by)).toEqual(['layer 0', 'layer 1']);
    expect(JSON.parse(Buffer.from(rawConfig ?? '').toString()).config.User).toBe(7);
  });

  it('selects an image by tag, number and platform, and lists all of them', async () => {
    const other: ImageSpec = { tags: ['other:2'], layers: [top], config: { architecture: 'arm64' } };
    const path = scratch.file(buildDockerArchive({ images: [spec, other] }, { form: 'hybrid' }));
    expect((await openImage(path, { image: 'other:2' })).layers).toHaveLength(1);
    expect((await openImage(path, { image: '#1' })).tags).toEqual(['app:1']);
    expect((await openImage(path, { platform: 'linux/arm64' })).tags).toEqual(['other:2']);
    expect((await openImages(path)).map(({ tags }) => tags)).toEqual([['app:1'], ['other:2']]);
    await expect(openImage(path)).rejects.toMatchObject({ code: 'ERR_LAYERS_IMAGE_AMBIGUOUS' });
    await expect(openImage(path, { image: 'none' })).rejects.toMatchObject({
      code: 'ERR_LAYERS_IMAGE_NOT_FOUND',
    });
  });

  it('reads no layer of a file: a damaged one causes an error only when it is read', async () => {
    const bytes = archiveOf('oci');
    const blob = compress(base, 'gzip');
    const at = bytes.indexOf(blob);
    bytes.fill(0xff, at + 200, at + 300);
    const image = await openImage(scratch.file(bytes));
    await expect(bytesOf(layerAt(image.layers, 0).compressed())).rejects.toMatchObject({
      code: 'ERR_LAYERS_BLOB_MISMATCH',
    });
    await expect(bytesOf(layerAt(image.layers, 0).uncompressed())).rejects.toThrow();
    expect(digest(await bytesOf(layerAt(image.layers, 1).uncompressed()))).toBe(digest(top));
  });
});

describe('layers', () => {
  const archives: readonly (readonly [string, (bytes: Buffer) => ImageSource])[] = [
    ['a path', (bytes) => scratch.file(bytes)],
    ['a path of a compressed archive', (bytes) => scratch.file(compress(bytes, 'gzip'))],
    ['bytes', (bytes) => bytes],
    ['compressed bytes', (bytes) => compress(bytes, 'gzip')],
  ];
  for (const [what, sourceOf] of archives) {
    for (const form of ['legacy', 'hybrid', 'oci'] as const) {
      it(`stream from ${what}, ${form}`, async () => {
        const image = await openImage(sourceOf(archiveOf(form)));
        const tars = await Promise.all(image.layers.map((layer) => bytesOf(layer.uncompressed())));
        expect(tars.map(digest)).toEqual([digest(base), digest(top)]);
        const blobs = await Promise.all(image.layers.map((layer) => bytesOf(layer.compressed())));
        expect(blobs.map(digest)).toEqual([base, top].map((tar) => digest(compress(tar, 'gzip'))));
      });
    }
  }

  it('yield chunks that stay valid after the next step', async () => {
    const image = await openImage(scratch.file(archiveOf('oci', null)));
    const chunks: Uint8Array[] = [];
    for await (const chunk of layerAt(image.layers, 0).uncompressed()) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    expect(digest(Buffer.concat(chunks))).toBe(digest(base));
  });

  it('throw for bytes with another digest than the DiffID', async () => {
    const config = { rootfs: { type: 'layers', diff_ids: [digest('other'), digest(top)] } };
    const image = await openImage(
      buildDockerArchive({ images: [{ ...spec, config }] }, { form: 'oci', compression: 'gzip' }),
    );
    await expect(bytesOf(layerAt(image.layers, 0).uncompressed())).rejects.toMatchObject({
      code: 'ERR_LAYERS_BLOB_MISMATCH',
    });
    expect(digest(await bytesOf(layerAt(image.layers, 0).compressed()))).toBe(digest(compress(base, 'gzip')));
  });

  it('throw where the archive does not contain them', async () => {
    const gone = sha256(compress(base, 'gzip'));
    const bytes = archiveOf('oci');
    const at = bytes.indexOf(`blobs/sha256/${gone}`);
    const header = bytes.subarray(at, at + 512);
    header.write('x', 0);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const image = await openImage(bytes);
    await expect(bytesOf(layerAt(image.layers, 0).compressed())).rejects.toMatchObject({
      code: 'ERR_LAYERS_LAYER_MISSING',
    });
    expect(layerAt(image.layers, 0).sizeBytes).toBe(compress(base, 'gzip').length);
  });

  it('are read again from a source, also from one that must be waited for', async () => {
    const archive = archiveOf('oci');
    const padded = Buffer.concat([Buffer.alloc(1000, 1), archive, Buffer.alloc(1000, 1)]);
    const sources: readonly ImageSource[] = [
      archive,
      rangeSource(fileSource(scratch.file(padded)), 1000, archive.length),
      served(archive),
      served(compress(archive, 'gzip')),
    ];
    for (const source of sources) {
      const image = await openImage(source);
      for (let times = 0; times < 2; times++) {
        expect((await bytesOf(layerAt(image.layers, 1).uncompressed())).equals(top)).toBe(true);
        expect((await bytesOf(layerAt(image.layers, 0).uncompressed())).equals(base)).toBe(true);
      }
      expect((await verifyImage(image)).verified).toBe(true);
    }
  });

  it('of a stream cannot be read again', async () => {
    const image = await openImage({ stream: pipeOf(archiveOf('oci')) });
    expect(image.source.path).toBe('-');
    await expect(bytesOf(layerAt(image.layers, 0).uncompressed())).rejects.toMatchObject({
      code: 'ERR_LAYERS_NEEDS_FILE',
      archive: '-',
    });
  });

  it('can be limited to those up to a position', async () => {
    const image = await openImage(scratch.file(archiveOf('oci')));
    const partial = image.upTo(0);
    expect(partial.layers.map(({ diffId }) => diffId)).toEqual([digest(base)]);
    expect(image.upTo(-1).layers).toEqual([]);
    expect(() => image.upTo(2)).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_LAYER_NOT_FOUND' }));
  });

  it('close the file when reading stops early, so that it can be replaced', async () => {
    const path = join(scratch.folder, 'replaced.tar');
    writeFileSync(path, archiveOf('oci', null));
    const image = await openImage(path);
    for await (const chunk of layerAt(image.layers, 0).compressed()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    writeFileSync(path, archiveOf('oci', null));
    expect(readFileSync(path).length).toBeGreaterThan(0);
  });
});

it('gives documents with keys in another case their usual names; their exact bytes stay', async () => {
  const layer = blobOf(base, `${OCI}.layer.v1.tar`);
  const rootFS = { Type: 'layers', Diff_IDs: [layer.digest] };
  const config = blobOf(
    { OS: 'linux', Architecture: 'arm', rootFS, Config: { env: ['A=1'], Labels: { Env: 'x' } } },
    `${OCI}.config.v1+json`,
  );
  const manifest = blobOf(
    { SchemaVersion: 2, Config: config.descriptor, Layers: [layer.descriptor] },
    `${OCI}.manifest.v1+json`,
  );
  const files = [layer, config, manifest].map(({ file }) => file);
  const index = [{ path: 'index.json', data: json({ SchemaVersion: 2, Manifests: [manifest.descriptor] }) }];
  const image = await openImage(scratch.file(buildTar([...index, ...files])));
  expect(image.platform).toEqual({ os: 'linux', architecture: 'arm' });
  expect(image.config).toEqual({
    os: 'linux',
    architecture: 'arm',
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    config: { Env: ['A=1'], Labels: { Env: 'x' } },
  });
  expect(image.manifest?.layers[0]?.digest).toBe(layer.digest);
  expect(Buffer.from(image.rawConfig ?? [])).toEqual(Buffer.from(config.file.data));

  const docker = plainArchive([{ name: 'l.tar', tar: base }]).files.flatMap((file) => {
    if (file.path !== 'manifest.json') return [file];
    const text = Buffer.from(file.data ?? []).toString();
    return [{ ...file, data: Buffer.from(text.replace('Config', 'config').replace('RepoTags', 'repoTags')) }];
  });
  expect((await openImage(scratch.file(buildTar(docker)))).tags).toEqual(['app:1']);
});
