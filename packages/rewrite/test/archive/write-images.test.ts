import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf, hexOf } from '@layers/core/digest';
import { openArchive, readImage } from '@layers/core/image';
import { DOCKER_LAYER_GZIP, OCI_LAYER_GZIP } from '@layers/core/oci';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import {
  collect,
  configOf,
  existingLayer,
  GZIP,
  generatedLayer,
  imageOf,
  RAW,
  tarOf,
  viewsOf,
} from '@layers/testing/new-images';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { ArchiveFormat } from '../../src/archive/archive-documents.ts';
import { plannedBytes } from '../../src/archive/planned-bytes.ts';
import { type WriteOptions, writeImages } from '../../src/archive/write-images.ts';
import { compressStream } from '../../src/compress/compress-stream.ts';
import type { ExistingLayer, GeneratedLayer, NewImage, NewLayer } from '../../src/image/new-image.ts';
import { filesOf } from './tar-files.ts';

const scratch = useScratch();
let made = 0;

/** Returns a path in a new folder, so that leftover files are noticed. */
function newPath(name = 'out.tar'): string {
  const folder = join(scratch.folder, `o${made++}`);
  mkdirSync(folder);
  return join(folder, name);
}

async function toFile(
  images: readonly NewImage[],
  format: ArchiveFormat,
  options: Partial<WriteOptions> = {},
) {
  const path = newPath();
  const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
  const written = await writeImages(images, target, { format, ...options });
  expect(readdirSync(dirname(path))).toEqual(['out.tar']);
  return { path, written };
}

async function toStream(images: readonly NewImage[], format: ArchiveFormat): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => void chunks.push(chunk.slice());
  await writeImages(images, { kind: 'stream', write }, { format });
  return Buffer.concat(chunks);
}

/** Reads and verifies the images of an archive. */
async function readBack(path: string) {
  const archive = await openArchive({ path }, { threads: 0 });
  const images = [];
  for (const description of archive.images) {
    const image = await readImage(archive, description, { threads: 0, verify: true });
    expect([...description.findings, ...image.findings]).toEqual([]);
    images.push({
      id: description.id,
      tags: description.tags,
      layers: image.layers.map(({ description: layer, verified }) => ({ diffId: layer.diffId, verified })),
    });
  }
  expect(archive.findings).toEqual([]);
  return images;
}

const FORMATS: readonly ArchiveFormat[] = ['hybrid', 'docker', 'oci', 'oci-dir'];
const base = tarOf('base');
const top = tarOf('top');

describe.each(FORMATS)('an archive of the format %s', (format) => {
  it('reads back as the images that were written', async () => {
    const shared = existingLayer(base, 'gzip');
    const images = [
      imageOf([shared, generatedLayer(top)], { tags: ['one:1', 'ghcr.io/me/one:2'] }),
      imageOf([shared, existingLayer(tarOf('x')), generatedLayer(tarOf('y'), GZIP)], {
        tags: ['two:latest'],
      }),
      imageOf([], { tags: [] }),
    ];
    const { path, written } = await toFile(images, format);
    const readImages = await readBack(path);
    const found = readImages.map(({ id, tags, layers }) => ({
      id,
      tags,
      diffIds: layers.map(({ diffId }) => diffId),
    }));
    const expected = written.map(({ id, tags, layers }) => ({
      id,
      tags,
      diffIds: layers.map(({ diffId }) => diffId),
    }));
    expect(found).toEqual(expected);
    expect(readImages.flatMap(({ layers }) => layers).every(({ verified }) => verified)).toBe(true);
    expect(written.map(({ layers }) => layers.map(({ kept }) => kept))).toEqual([
      [true, false],
      [true, true, false],
      [],
    ]);
    expect(written[0]?.layers.map(({ diffId }) => diffId)).toEqual([digestOf(base), digestOf(top)]);
    expect(written.every(({ manifestDigest }) => (manifestDigest === null) === (format === 'docker'))).toBe(
      true,
    );
  });

  it('is the same for a generated and an existing layer with the same bytes', async () => {
    const a = await toFile([imageOf([existingLayer(base), existingLayer(top)])], format);
    const b = await toFile([imageOf([generatedLayer(base), generatedLayer(top, RAW, null)])], format);
    if (format !== 'oci-dir') expect(readFileSync(a.path).equals(readFileSync(b.path))).toBe(true);
    expect(a.written.map(({ id }) => id)).toEqual(b.written.map(({ id }) => id));
    expect(await readBack(a.path)).toEqual(await readBack(b.path));
  });

  it('has the planned size', async () => {
    const images = [
      imageOf([existingLayer(base), generatedLayer(tarOf('t', 't'.repeat(5000)))], { author: 'x' }),
      imageOf([]),
    ];
    const { path } = await toFile(images, format);
    const bytes = format === 'oci-dir' ? bytesBelow(path) : statSync(path).size;
    expect(plannedBytes(images, format)).toBe(bytes);
    expect(plannedBytes([imageOf([generatedLayer(base, GZIP)])], format)).toBeNull();
    expect(plannedBytes([imageOf([generatedLayer(base, RAW, null)])], format)).toBeNull();
  });

  it('is not written if an existing layer does not match its digest and size', async () => {
    const layer = existingLayer(base);
    const short = { ...layer, chunks: () => viewsOf(base.subarray(512)) };
    const long = { ...layer, chunks: () => viewsOf(Buffer.concat([base, base])) };
    const other = { ...layer, chunks: () => viewsOf(tarOf('bass')) };
    const unknown = { ...layer, digest: 'blake3:abcd' as const };
    const larger = { ...layer, sizeBytes: layer.sizeBytes + 512 };
    for (const bad of [short, long, other, unknown, larger]) {
      const path = newPath();
      const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
      const images = [imageOf([existingLayer(top), bad, generatedLayer(tarOf('z'))])];
      expect(await codeOfAsync(() => writeImages(images, target, { format }))).toBe(
        'ERR_LAYERS_BLOB_MISMATCH',
      );
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  });

  it('is not written if a layer cannot be generated, or the signal aborts', async () => {
    for (const compression of [RAW, GZIP]) {
      const path = newPath();
      const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
      const failing: NewLayer = {
        ...generatedLayer(base, compression),
        async *tar() {
          yield base.subarray(0, 512);
          throw new Error('the source was deleted');
        },
      };
      const write = writeImages([imageOf([failing])], target, { format });
      await expect(write).rejects.toThrow('the source was deleted');
      const controller = new AbortController();
      const stopped = writeImages([imageOf([generatedLayer(base, compression)])], target, {
        format,
        signal: controller.signal,
        onProgress: ({ doneBytes }) => doneBytes > 1000 && controller.abort(),
      });
      await expect(stopped).rejects.toThrow('aborted');
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  });

  it('is refused before any layer is read if the output exists', async () => {
    const path = newPath();
    if (format === 'oci-dir') mkdirSync(path);
    writeFileSync(format === 'oci-dir' ? join(path, 'mine') : path, 'mine');
    const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
    const layer: NewLayer = {
      ...generatedLayer(base),
      tar: () => {
        throw new Error('the layer was read');
      },
    };
    const error = await errorOfAsync(() => writeImages([imageOf([layer])], target, { format }));
    expect(error.code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readFileSync(format === 'oci-dir' ? join(path, 'mine') : path, 'utf8')).toBe('mine');
  });

  it('reports a generated layer with another size than declared as an internal error', async () => {
    for (const tarBytes of [base.length - 512, base.length + 512]) {
      const run = () => toFile([imageOf([generatedLayer(base, RAW, tarBytes)])], format);
      expect(await codeOfAsync(run)).toBe('ERR_LAYERS_INTERNAL');
    }
  });
});

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((item) => item.isFile())
    .reduce((sum, item) => sum + statSync(join(item.parentPath, item.name)).size, 0);
}

describe('the files of an archive', () => {
  const json = (path: string, name: string): unknown =>
    JSON.parse(
      filesOf(path)
        .find((file) => file.name === name)
        ?.data.toString() ?? 'null',
    );

  it('of the format hybrid are a layout with a manifest.json, in order', async () => {
    const { path, written } = await toFile(
      [imageOf([existingLayer(base, 'gzip'), generatedLayer(top)])],
      'hybrid',
    );
    const [image] = written;
    const blob = (digest: string | null | undefined): string => `blobs/sha256/${(digest ?? '').slice(7)}`;
    const layers = image?.layers.map(({ digest }) => blob(digest)) ?? [];
    expect(filesOf(path).map(({ name }) => name)).toEqual([
      'oci-layout',
      'index.json',
      'manifest.json',
      blob(image?.manifestDigest),
      blob(image?.id),
      ...layers,
    ]);
    expect(json(path, 'manifest.json')).toEqual([
      { Config: blob(image?.id), RepoTags: ['test:1'], Layers: layers },
    ]);
    expect(json(path, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  });

  it('have the owner, mode and time that docker writes', async () => {
    const { path } = await toFile([imageOf([generatedLayer(base)])], 'hybrid');
    for (const { header } of filesOf(path)) {
      expect(header.toString('latin1', 100, 124)).toBe('0000644\x000000000\x000000000\0');
      expect(header.toString('latin1', 136, 148)).toBe('00000000000\0');
      expect(header.toString('latin1', 156, 265)).toBe(`0${'\0'.repeat(100)}ustar\x0000`);
    }
  });

  it('have a descriptor for each tag', async () => {
    const tags = ['alpine:3.20', 'ghcr.io/me/app:v1', 'bare'];
    const { path, written } = await toFile([imageOf([], { tags, platform: null })], 'oci');
    const descriptor = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: written[0]?.manifestDigest,
      size: expect.any(Number),
    };
    const annotations = (reference: string, name?: string) => ({
      ...(name === undefined ? {} : { 'io.containerd.image.name': name }),
      'org.opencontainers.image.ref.name': reference,
    });
    expect(json(path, 'index.json')).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        { ...descriptor, annotations: annotations('alpine:3.20', 'docker.io/library/alpine:3.20') },
        { ...descriptor, annotations: annotations('ghcr.io/me/app:v1', 'ghcr.io/me/app:v1') },
        { ...descriptor, annotations: annotations('bare') },
      ],
    });
    expect(written[0]?.tags).toEqual(tags);
    expect(filesOf(path).some(({ name }) => name === 'manifest.json')).toBe(false);
  });

  it('of an untagged image contain its platform and no name', async () => {
    const platform = { os: 'windows', architecture: 'arm', variant: 'v7', osVersion: '10.0' };
    const { path } = await toFile([imageOf([], { tags: [], platform })], 'hybrid');
    expect(json(path, 'index.json')).toMatchObject({
      manifests: [{ platform: { architecture: 'arm', os: 'windows', 'os.version': '10.0', variant: 'v7' } }],
    });
    expect(JSON.stringify(json(path, 'index.json'))).not.toContain('annotations');
    expect(json(path, 'manifest.json')).toMatchObject([{ RepoTags: [] }]);
  });

  it('do not contain tags that docker refuses in RepoTags', async () => {
    const tags = [
      'ok:1',
      'Not A/Reference:!',
      'latest',
      `x@sha256:${'0'.repeat(64)}`,
      `y:2@sha256:${'0'.repeat(64)}`,
    ];
    const { path, written } = await toFile([imageOf([], { tags })], 'docker');
    expect(json(path, 'manifest.json')).toMatchObject([{ RepoTags: ['ok:1', 'y:2'] }]);
    expect(written[0]?.tags).toEqual(['ok:1', 'y:2']);
  });

  it('of the format docker are in the root', async () => {
    const { path, written } = await toFile(
      [imageOf([existingLayer(base, 'gzip'), generatedLayer(top)])],
      'docker',
    );
    const [config, gzip, raw] = [
      written[0]?.id,
      ...(written[0]?.layers.map(({ digest }) => digest) ?? []),
    ].map((digest) => digest?.slice(7));
    expect(filesOf(path).map(({ name }) => name)).toEqual([
      'manifest.json',
      `${config}.json`,
      `${gzip}.tar.gz`,
      `${raw}.tar`,
    ]);
  });

  it('contain each blob once', async () => {
    const layer = generatedLayer(base, GZIP);
    const images = [
      imageOf([existingLayer(top), existingLayer(top), layer]),
      imageOf([layer, existingLayer(top), generatedLayer(top), generatedLayer(top), layer]),
      imageOf([existingLayer(top), existingLayer(top), layer], { tags: ['again:1'] }),
    ];
    for (const format of ['hybrid', 'docker', 'oci'] as const) {
      const names = filesOf((await toFile(images, format)).path).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBe({ hybrid: 9, docker: 5, oci: 8 }[format]);
    }
  });

  it('have the annotations of a generated manifest in sorted order', async () => {
    const annotations = (names: readonly string[]) => new Map(names.map((name) => [name, name]));
    const a = await toFile([imageOf([], { annotations: annotations(['b', 'a']) })], 'oci');
    const b = await toFile([imageOf([], { annotations: annotations(['a', 'b']) })], 'oci');
    expect(a.written[0]?.manifestDigest).toBe(b.written[0]?.manifestDigest);
  });

  it('have OCI media types for docker layers in a generated manifest', async () => {
    const layer = { ...existingLayer(base, 'gzip'), mediaType: DOCKER_LAYER_GZIP };
    const { path, written } = await toFile([imageOf([layer])], 'oci');
    expect(written[0]?.layers[0]?.mediaType).toBe(OCI_LAYER_GZIP);
    expect(json(path, `blobs/sha256/${written[0]?.manifestDigest?.slice(7)}`)).toMatchObject({
      layers: [{ mediaType: OCI_LAYER_GZIP }],
    });
  });

  it('have sha512 blobs under their sha512 digest', async () => {
    const layer = { ...existingLayer(base), digest: digestOf(base, 'sha512') };
    for (const format of FORMATS) {
      const { path } = await toFile([imageOf([layer])], format);
      expect((await readBack(path))[0]?.layers[0]?.diffId).toBe(digestOf(base));
      if (format === 'oci-dir')
        expect(existsSync(join(path, 'blobs/sha512', hexOf(layer.digest)))).toBe(true);
    }
  });
});

describe('an image with its original manifest', () => {
  const layer = { ...existingLayer(base, 'gzip'), mediaType: DOCKER_LAYER_GZIP };
  const config = configOf([layer.diffId]);
  const document = {
    schemaVersion: 2,
    unknown: { field: 1 },
    config: {
      size: config.length,
      digest: digestOf(config),
      mediaType: 'application/vnd.docker.container.image.v1+json',
    },
    layers: [{ size: layer.sizeBytes, digest: layer.digest, mediaType: layer.mediaType }],
  };
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const withManifest = (manifest: object): NewImage =>
    imageOf([layer], { manifest: { bytes: Buffer.from(JSON.stringify(manifest, null, 3)), mediaType } });

  it('keeps the exact bytes of the manifest', async () => {
    const { path, written } = await toFile([withManifest(document)], 'hybrid');
    expect(written[0]?.manifestDigest).toBe(digestOf(JSON.stringify(document, null, 3)));
    expect(written[0]?.layers[0]?.mediaType).toBe(DOCKER_LAYER_GZIP);
    expect((await readBack(path))[0]?.id).toBe(digestOf(config));
  });

  it.each(['oci', 'oci-dir'] as const)('becomes an OCI manifest in the format %s', async (format) => {
    const { path, written } = await toFile([withManifest(document)], format);
    expect(written[0]?.layers[0]?.mediaType).toBe(OCI_LAYER_GZIP);
    expect((await readBack(path))[0]?.id).toBe(digestOf(config));
    if (format === 'oci-dir') expect(readFileSync(join(path, 'index.json'), 'utf8')).not.toContain(mediaType);
  });

  it('is written without it in a format that has no manifests', async () => {
    const { path, written } = await toFile([withManifest(document)], 'docker');
    expect(written[0]).toMatchObject({ id: digestOf(config), manifestDigest: null });
    expect((await readBack(path))[0]?.id).toBe(digestOf(config));
  });

  it('is refused if the manifest is that of another image', async () => {
    const otherConfig = { ...document, config: { ...document.config, digest: digestOf('other') } };
    const otherLayers = { ...document, layers: [{ ...document.layers[0], size: layer.sizeBytes + 1 }] };
    expect(await codeOfAsync(() => toFile([withManifest(otherConfig)], 'hybrid'))).toBe(
      'ERR_LAYERS_BLOB_MISMATCH',
    );
    expect(await codeOfAsync(() => toFile([withManifest(otherLayers)], 'hybrid'))).toBe(
      'ERR_LAYERS_INTERNAL',
    );
    expect(await codeOfAsync(() => toFile([withManifest({ ...document, layers: [] })], 'hybrid'))).toBe(
      'ERR_LAYERS_INTERNAL',
    );
  });
});

describe('a stream', () => {
  const original = process.env['TMPDIR'];
  afterEach(() => {
    if (original === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = original;
  });

  it('gets generated layers from a temporary folder, which is removed', async () => {
    const folder = dirname(newPath());
    process.env['TMPDIR'] = folder;
    const images = [imageOf([generatedLayer(tarOf('big', 'x'.repeat(3 << 20))), generatedLayer(top, GZIP)])];
    let staged: string[] = [];
    const write = async (): Promise<void> => {
      staged = [...staged, ...readdirSync(folder)];
    };
    await writeImages(images, { kind: 'stream', write }, { format: 'hybrid' });
    expect(staged[0]).toMatch(/^layers-/);
    expect(readdirSync(folder)).toEqual([]);
    const failingWrite = async (): Promise<void> => {
      throw new Error('the pipe is closed');
    };
    const failing = writeImages(images, { kind: 'stream', write: failingWrite }, { format: 'hybrid' });
    await expect(failing).rejects.toThrow('the pipe is closed');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('needs no temporary folder if all layers exist', async () => {
    process.env['TMPDIR'] = join(scratch.folder, 'missing-folder');
    expect((await toStream([imageOf([existingLayer(base)])], 'docker')).length).toBeGreaterThan(base.length);
    expect(await codeOfAsync(() => toStream([imageOf([generatedLayer(base)])], 'docker'))).toBe(
      'ERR_LAYERS_WRITE_OUTPUT',
    );
  });

  it('cannot have the format oci-dir, and a directory cannot have the format oci', async () => {
    expect(await codeOfAsync(() => toStream([], 'oci-dir'))).toBe('ERR_LAYERS_INTERNAL');
    const target = { kind: 'directory', path: newPath(), force: false } as const;
    expect(await codeOfAsync(() => writeImages([], target, { format: 'oci' }))).toBe('ERR_LAYERS_INTERNAL');
  });
});

describe('compressed layers in a file', () => {
  const large = tarOf('large', 'some text '.repeat(100_000));

  it('are written in place, without temporary files', async () => {
    const path = newPath();
    const seen: string[][] = [];
    const watched = (layer: GeneratedLayer): GeneratedLayer => ({
      ...layer,
      async *tar() {
        seen.push(readdirSync(dirname(path)));
        yield* layer.tar();
      },
    });
    const layers = [watched(generatedLayer(large, GZIP)), watched(generatedLayer(top, GZIP))];
    await writeImages([imageOf(layers)], { kind: 'file', path, force: false }, { format: 'hybrid' });
    expect(seen.map((names) => names.length)).toEqual([1, 1]);
    expect(await toStream([imageOf(layers)], 'hybrid')).toEqual(readFileSync(path));
  });

  it('may turn out to be a layer that exists, or another generated one', async () => {
    const generated = generatedLayer(large, GZIP);
    const blob = await collect(compressStream(generated.tar(), GZIP));
    const exists: ExistingLayer = {
      ...existingLayer(blob),
      diffId: digestOf(large),
      mediaType: OCI_LAYER_GZIP,
    };
    const known = { ...generated, diffId: digestOf(large) };
    for (const pair of [
      [generated, exists],
      [exists, generated],
      [exists, known],
      [known, { ...known }],
      [known, generated],
    ]) {
      const images = [imageOf([...pair, generatedLayer(top, GZIP)])];
      const { path } = await toFile(images, 'hybrid');
      expect(readFileSync(path)).toEqual(await toStream(images, 'hybrid'));
      expect(filesOf(path).filter(({ data }) => data.equals(blob))).toHaveLength(1);
    }
  });

  it('that another one equals are checked too', async () => {
    const known = { ...generatedLayer(top, GZIP), diffId: digestOf(top) };
    const damaged = { ...known, tar: () => viewsOf(base) };
    const target = { kind: 'file', path: newPath(), force: false } as const;
    const writing = writeImages([imageOf([known, damaged])], target, { format: 'hybrid' });
    expect(await codeOfAsync(() => writing)).toBe('ERR_LAYERS_BLOB_MISMATCH');
    expect(readdirSync(dirname(target.path))).toEqual([]);
  });
});

describe('determinism', () => {
  it('gives the same bytes in a file, with staged layers and as a stream', async () => {
    const layers = fc.array(
      fc.record({
        text: fc.oneof(fc.string({ maxLength: 3000 }), fc.constantFrom('', 'same', '\0'.repeat(300_000))),
        kind: fc.constantFrom('existing', 'known-size', 'unknown-size', 'compressed', 'recompressed'),
      }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(layers, { maxLength: 3 }),
        fc.constantFrom('hybrid', 'docker', 'oci'),
        async (stacks, format) => {
          const build = (staged: boolean) =>
            stacks.map((stack, i) =>
              imageOf(
                stack.map(({ text, kind }) => {
                  const tar = tarOf('f', text);
                  if (kind === 'existing') return existingLayer(tar);
                  const compressed = generatedLayer(tar, GZIP, staged ? null : tar.length);
                  if (kind === 'compressed') return compressed;
                  if (kind === 'recompressed') return { ...compressed, diffId: digestOf(tar) };
                  return generatedLayer(tar, RAW, kind === 'known-size' && !staged ? tar.length : null);
                }),
                { tags: [`image:${i}`] },
              ),
            );
          const stream = await toStream(build(false), format);
          const planned = plannedBytes(build(false), format);
          if (planned !== null) expect(stream.length).toBe(planned);
          for (const staged of [false, true]) {
            const { path } = await toFile(build(staged), format);
            expect(readFileSync(path).equals(stream)).toBe(true);
          }
        },
      ),
      { numRuns: runs(40, 1000) },
    );
  });

  it('reports progress up to the bytes of all layers', async () => {
    const images = [imageOf([existingLayer(base), generatedLayer(tarOf('t', 't'.repeat(4000)))])];
    for (const format of FORMATS) {
      const seen: { doneBytes: number; totalBytes: number | null }[] = [];
      await toFile(images, format, { onProgress: (progress) => void seen.push(progress) });
      expect(seen.at(-1)?.doneBytes).toBe(seen.at(-1)?.totalBytes);
      expect(seen.at(-1)?.doneBytes).toBe(base.length + tarOf('t', 't'.repeat(4000)).length);
    }
  });
});

describe('an archive that could not be read again', () => {
  it('is not written because of a long platform: the index leaves it out', async () => {
    const long = { os: 'linux', architecture: 'x'.repeat(12 * 1024 * 1024) };
    const tags = ['a:1', 'a:2'];
    const { path } = await toFile([imageOf([existingLayer(tarOf('a'))], { tags, platform: long })], 'hybrid');
    expect((await openArchive({ path })).images.map((image) => image.tags)).toEqual([tags]);
  });

  it('is not written because of its tags: that is an error', async () => {
    const tags = Array.from({ length: 100_000 }, (_, i) => `${'r'.repeat(200)}:${i}`);
    const path = newPath();
    const write = () =>
      writeImages([imageOf([], { tags })], { kind: 'file', path, force: false }, { format: 'hybrid' });
    expect(await codeOfAsync(write)).toBe('ERR_LAYERS_LIMIT');
    expect(existsSync(path)).toBe(false);
  });
});

it('a layout with images is not replaced, also with force', async () => {
  const { path } = await toFile([imageOf([existingLayer(tarOf('a'))])], 'oci-dir');
  const write = () =>
    writeImages([imageOf([])], { kind: 'directory', path, force: true }, { format: 'oci-dir' });
  expect(await codeOfAsync(write)).toBe('ERR_LAYERS_OUTPUT_EXISTS');
  expect((await openArchive({ path })).images).toHaveLength(1);
});
