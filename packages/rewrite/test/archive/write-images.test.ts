import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf, hexOf } from '@layers/core/digest';
import { openArchive, readImage } from '@layers/core/image';
import { DOCKER_LAYER_GZIP, OCI_LAYER_GZIP } from '@layers/core/oci';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import {
  configOf,
  GZIP,
  imageOf,
  madeLayer,
  RAW,
  storedLayer,
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
import type { NewImage, NewLayer } from '../../src/image/new-image.ts';
import { membersOf } from './tar-members.ts';

const scratch = useScratch();
let made = 0;

/** A name in a folder of its own, so that what is left behind shows. */
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

/** What a reader finds in it. */
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
    const shared = storedLayer(base, 'gzip');
    const images = [
      imageOf([shared, madeLayer(top)], { tags: ['one:1', 'ghcr.io/me/one:2'] }),
      imageOf([shared, storedLayer(tarOf('x')), madeLayer(tarOf('y'), GZIP)], { tags: ['two:latest'] }),
      imageOf([], { tags: [] }),
    ];
    const { path, written } = await toFile(images, format);
    const back = await readBack(path);
    const found = back.map(({ id, tags, layers }) => ({
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
    expect(back.flatMap(({ layers }) => layers).every(({ verified }) => verified)).toBe(true);
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

  it('is the same for a layer that is made and one that is stored', async () => {
    const a = await toFile([imageOf([storedLayer(base), storedLayer(top)])], format);
    const b = await toFile([imageOf([madeLayer(base), madeLayer(top, RAW, null)])], format);
    if (format !== 'oci-dir') expect(readFileSync(a.path).equals(readFileSync(b.path))).toBe(true);
    expect(a.written.map(({ id }) => id)).toEqual(b.written.map(({ id }) => id));
    expect(await readBack(a.path)).toEqual(await readBack(b.path));
  });

  it('has the size that was planned', async () => {
    const images = [
      imageOf([storedLayer(base), madeLayer(tarOf('t', 't'.repeat(5000)))], { author: 'x' }),
      imageOf([]),
    ];
    const { path } = await toFile(images, format);
    const bytes = format === 'oci-dir' ? bytesBelow(path) : statSync(path).size;
    expect(plannedBytes(images, format)).toBe(bytes);
    expect(plannedBytes([imageOf([madeLayer(base, GZIP)])], format)).toBeNull();
    expect(plannedBytes([imageOf([madeLayer(base, RAW, null)])], format)).toBeNull();
  });

  it('leaves nothing behind where a stored layer is not what it claims', async () => {
    const layer = storedLayer(base);
    const short = { ...layer, chunks: () => viewsOf(base.subarray(512)) };
    const long = { ...layer, chunks: () => viewsOf(Buffer.concat([base, base])) };
    const other = { ...layer, chunks: () => viewsOf(tarOf('bass')) };
    const unknown = { ...layer, digest: 'blake3:abcd' as const };
    const larger = { ...layer, sizeBytes: layer.sizeBytes + 512 };
    for (const bad of [short, long, other, unknown, larger]) {
      const path = newPath();
      const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
      const images = [imageOf([storedLayer(top), bad, madeLayer(tarOf('z'))])];
      expect(await codeOfAsync(() => writeImages(images, target, { format }))).toBe(
        'ERR_LAYERS_BLOB_MISMATCH',
      );
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  });

  it('leaves nothing behind where a layer cannot be made, or the signal says to stop', async () => {
    for (const compression of [RAW, GZIP]) {
      const path = newPath();
      const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
      const failing: NewLayer = {
        ...madeLayer(base, compression),
        async *tar() {
          yield base.subarray(0, 512);
          throw new Error('the source is gone');
        },
      };
      const write = writeImages([imageOf([failing])], target, { format });
      await expect(write).rejects.toThrow('the source is gone');
      const stop = new AbortController();
      const stopped = writeImages([imageOf([madeLayer(base, compression)])], target, {
        format,
        signal: stop.signal,
        onProgress: ({ doneBytes }) => doneBytes > 1000 && stop.abort(),
      });
      await expect(stopped).rejects.toThrow('aborted');
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  });

  it('is refused before any work where the output exists', async () => {
    const path = newPath();
    if (format === 'oci-dir') mkdirSync(path);
    writeFileSync(format === 'oci-dir' ? join(path, 'mine') : path, 'mine');
    const target = { kind: format === 'oci-dir' ? 'directory' : 'file', path, force: false } as const;
    const layer: NewLayer = {
      ...madeLayer(base),
      tar: () => {
        throw new Error('work was done');
      },
    };
    const error = await errorOfAsync(() => writeImages([imageOf([layer])], target, { format }));
    expect(error.code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readFileSync(format === 'oci-dir' ? join(path, 'mine') : path, 'utf8')).toBe('mine');
  });

  it('takes a layer whose length is not what it said for a mistake', async () => {
    for (const tarBytes of [base.length - 512, base.length + 512]) {
      const run = () => toFile([imageOf([madeLayer(base, RAW, tarBytes)])], format);
      expect(await codeOfAsync(run)).toBe('ERR_LAYERS_INTERNAL');
    }
  });
});

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((item) => item.isFile())
    .reduce((sum, item) => sum + statSync(join(item.parentPath, item.name)).size, 0);
}

describe('the members', () => {
  const json = (path: string, name: string): unknown =>
    JSON.parse(
      membersOf(path)
        .find((member) => member.name === name)
        ?.data.toString() ?? 'null',
    );

  it('of a hybrid are a layout in order with a manifest.json, and no more', async () => {
    const { path, written } = await toFile([imageOf([storedLayer(base, 'gzip'), madeLayer(top)])], 'hybrid');
    const [image] = written;
    const blob = (digest: string | null | undefined): string => `blobs/sha256/${(digest ?? '').slice(7)}`;
    const layers = image?.layers.map(({ digest }) => blob(digest)) ?? [];
    expect(membersOf(path).map(({ name }) => name)).toEqual([
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

  it('have the owner, mode and time that docker gives them', async () => {
    const { path } = await toFile([imageOf([madeLayer(base)])], 'hybrid');
    for (const { header } of membersOf(path)) {
      expect(header.toString('latin1', 100, 124)).toBe('0000644\x000000000\x000000000\0');
      expect(header.toString('latin1', 136, 148)).toBe('00000000000\0');
      expect(header.toString('latin1', 156, 265)).toBe(`0${'\0'.repeat(100)}ustar\x0000`);
    }
  });

  it('name each tag in a descriptor of its own', async () => {
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
        { ...descriptor, annotations: annotations('3.20', 'docker.io/library/alpine:3.20') },
        { ...descriptor, annotations: annotations('v1', 'ghcr.io/me/app:v1') },
        { ...descriptor, annotations: annotations('bare') },
      ],
    });
    expect(written[0]?.tags).toEqual(tags);
    expect(membersOf(path).some(({ name }) => name === 'manifest.json')).toBe(false);
  });

  it('of an untagged image say its platform and no name', async () => {
    const platform = { os: 'windows', architecture: 'arm', variant: 'v7', osVersion: '10.0' };
    const { path } = await toFile([imageOf([], { tags: [], platform })], 'hybrid');
    expect(json(path, 'index.json')).toMatchObject({
      manifests: [{ platform: { architecture: 'arm', os: 'windows', 'os.version': '10.0', variant: 'v7' } }],
    });
    expect(JSON.stringify(json(path, 'index.json'))).not.toContain('annotations');
    expect(json(path, 'manifest.json')).toMatchObject([{ RepoTags: [] }]);
  });

  it('keep tags that docker would refuse out of RepoTags', async () => {
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

  it('of the docker form are plain files in the root', async () => {
    const { path, written } = await toFile([imageOf([storedLayer(base, 'gzip'), madeLayer(top)])], 'docker');
    const [config, gzip, raw] = [
      written[0]?.id,
      ...(written[0]?.layers.map(({ digest }) => digest) ?? []),
    ].map((digest) => digest?.slice(7));
    expect(membersOf(path).map(({ name }) => name)).toEqual([
      'manifest.json',
      `${config}.json`,
      `${gzip}.tar.gz`,
      `${raw}.tar`,
    ]);
  });

  it('hold a blob once that stands at many places', async () => {
    const layer = madeLayer(base, GZIP);
    const images = [
      imageOf([storedLayer(top), storedLayer(top), layer]),
      imageOf([layer, storedLayer(top), madeLayer(top), madeLayer(top), layer]),
      imageOf([storedLayer(top), storedLayer(top), layer], { tags: ['again:1'] }),
    ];
    for (const format of ['hybrid', 'docker', 'oci'] as const) {
      const names = membersOf((await toFile(images, format)).path).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBe({ hybrid: 9, docker: 5, oci: 8 }[format]);
    }
  });

  it('have annotations of a made manifest in one order', async () => {
    const annotations = (names: readonly string[]) => new Map(names.map((name) => [name, name]));
    const a = await toFile([imageOf([], { annotations: annotations(['b', 'a']) })], 'oci');
    const b = await toFile([imageOf([], { annotations: annotations(['a', 'b']) })], 'oci');
    expect(a.written[0]?.manifestDigest).toBe(b.written[0]?.manifestDigest);
  });

  it('name layers of docker by the OCI type in a made manifest', async () => {
    const layer = { ...storedLayer(base, 'gzip'), mediaType: DOCKER_LAYER_GZIP };
    const { path, written } = await toFile([imageOf([layer])], 'oci');
    expect(written[0]?.layers[0]?.mediaType).toBe(OCI_LAYER_GZIP);
    expect(json(path, `blobs/sha256/${written[0]?.manifestDigest?.slice(7)}`)).toMatchObject({
      layers: [{ mediaType: OCI_LAYER_GZIP }],
    });
  });

  it('have sha512 blobs under their own digest', async () => {
    const layer = { ...storedLayer(base), digest: digestOf(base, 'sha512') };
    for (const format of FORMATS) {
      const { path } = await toFile([imageOf([layer])], format);
      expect((await readBack(path))[0]?.layers[0]?.diffId).toBe(digestOf(base));
      if (format === 'oci-dir')
        expect(existsSync(join(path, 'blobs/sha512', hexOf(layer.digest)))).toBe(true);
    }
  });
});

describe('an image that is kept with its manifest', () => {
  const layer = { ...storedLayer(base, 'gzip'), mediaType: DOCKER_LAYER_GZIP };
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
  const kept = (manifest: object): NewImage =>
    imageOf([layer], { manifest: { bytes: Buffer.from(JSON.stringify(manifest, null, 3)), mediaType } });

  it('has the very bytes of it', async () => {
    for (const format of ['hybrid', 'oci', 'oci-dir'] as const) {
      const { path, written } = await toFile([kept(document)], format);
      expect(written[0]?.manifestDigest).toBe(digestOf(JSON.stringify(document, null, 3)));
      expect(written[0]?.layers[0]?.mediaType).toBe(DOCKER_LAYER_GZIP);
      expect((await readBack(path))[0]?.id).toBe(digestOf(config));
      if (format === 'oci-dir') expect(readFileSync(join(path, 'index.json'), 'utf8')).toContain(mediaType);
    }
  });

  it('goes without it where the format knows none', async () => {
    const { path, written } = await toFile([kept(document)], 'docker');
    expect(written[0]).toMatchObject({ id: digestOf(config), manifestDigest: null });
    expect((await readBack(path))[0]?.id).toBe(digestOf(config));
  });

  it('is refused where the manifest is of another image', async () => {
    const otherConfig = { ...document, config: { ...document.config, digest: digestOf('other') } };
    const otherLayers = { ...document, layers: [{ ...document.layers[0], size: layer.sizeBytes + 1 }] };
    expect(await codeOfAsync(() => toFile([kept(otherConfig)], 'oci'))).toBe('ERR_LAYERS_BLOB_MISMATCH');
    expect(await codeOfAsync(() => toFile([kept(otherLayers)], 'oci'))).toBe('ERR_LAYERS_INTERNAL');
    expect(await codeOfAsync(() => toFile([kept({ ...document, layers: [] })], 'oci'))).toBe(
      'ERR_LAYERS_INTERNAL',
    );
  });
});

describe('a stream', () => {
  const usual = process.env['TMPDIR'];
  afterEach(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });

  it('has made layers staged in the temporary folder, which is empty in the end', async () => {
    const folder = dirname(newPath());
    process.env['TMPDIR'] = folder;
    const images = [imageOf([madeLayer(tarOf('big', 'x'.repeat(3 << 20))), madeLayer(top, GZIP)])];
    let staged: string[] = [];
    const write = async (): Promise<void> => {
      staged = [...staged, ...readdirSync(folder)];
    };
    await writeImages(images, { kind: 'stream', write }, { format: 'hybrid' });
    expect(staged[0]).toMatch(/^layers-/);
    expect(readdirSync(folder)).toEqual([]);
    const full = async (): Promise<void> => {
      throw new Error('the pipe is closed');
    };
    const failing = writeImages(images, { kind: 'stream', write: full }, { format: 'hybrid' });
    await expect(failing).rejects.toThrow('the pipe is closed');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not staged for where every layer is stored', async () => {
    process.env['TMPDIR'] = join(scratch.folder, 'there-is-no-such-folder');
    expect((await toStream([imageOf([storedLayer(base)])], 'docker')).length).toBeGreaterThan(base.length);
    expect(await codeOfAsync(() => toStream([imageOf([madeLayer(base)])], 'docker'))).toBe(
      'ERR_LAYERS_WRITE_OUTPUT',
    );
  });

  it('is no folder, and a folder is no archive', async () => {
    expect(await codeOfAsync(() => toStream([], 'oci-dir'))).toBe('ERR_LAYERS_INTERNAL');
    const target = { kind: 'directory', path: newPath(), force: false } as const;
    expect(await codeOfAsync(() => writeImages([], target, { format: 'oci' }))).toBe('ERR_LAYERS_INTERNAL');
  });
});

describe('determinism', () => {
  it('gives the same bytes in place, staged and as a stream', async () => {
    const layers = fc.array(
      fc.record({
        text: fc.string({ maxLength: 3000 }),
        kind: fc.constantFrom('stored', 'known', 'unknown'),
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
                  if (kind === 'stored') return storedLayer(tar);
                  return madeLayer(tar, RAW, kind === 'known' && !staged ? tar.length : null);
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

  it('tells progress up to the bytes of all layers', async () => {
    const images = [imageOf([storedLayer(base), madeLayer(tarOf('t', 't'.repeat(4000)))])];
    for (const format of FORMATS) {
      const seen: { doneBytes: number; totalBytes: number | null }[] = [];
      await toFile(images, format, { onProgress: (progress) => void seen.push(progress) });
      expect(seen.at(-1)?.doneBytes).toBe(seen.at(-1)?.totalBytes);
      expect(seen.at(-1)?.doneBytes).toBe(base.length + tarOf('t', 't'.repeat(4000)).length);
    }
  });
});
