import {
  diffImages,
  fileTree,
  findWaste,
  imageHistory,
  inspectImage,
  listFiles,
  openImage,
  readFile,
  streamFile,
  verifyArchive,
  verifyImage,
} from '@layers/core';
import { readingOf } from '@layers/core/api';
import { buildDockerArchive, compress, type ImageSpec } from '@layers/testing/archive-builder';
import { pipeOf } from '@layers/testing/documents';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const spec: ImageSpec = {
  tags: ['app:1'],
  layers: [
    buildTar([
      { path: 'etc/hostname', data: Buffer.from('base\n') },
      { path: 'cache', data: Buffer.alloc(5000, 1) },
      { path: 'big', data: Buffer.alloc(200_000, 2) },
    ]),
    buildTar([
      { path: '.wh.cache', data: Buffer.alloc(0) },
      { path: 'app', data: Buffer.from('app\n') },
      { type: 'symlink', path: 'host', linkpath: '/etc/hostname' },
    ]),
  ],
};
const archive = buildDockerArchive({ images: [spec] }, { form: 'hybrid', compression: 'gzip' });
const scratch = useScratch();
const open = () => openImage(scratch.file(archive));

describe('functions of the public API', () => {
  it('find waste, with sums that add up', async () => {
    const { waste, totals } = await findWaste(await open());
    expect(waste).toMatchObject([{ path: '/cache', sizeBytes: 5000, cause: 'deleted' }]);
    expect(totals.contentBytes).toBe(totals.rootfsBytes + totals.wastedBytes);
  });

  it('inspect, with the requested number of wasted files', async () => {
    const image = await open();
    expect((await inspectImage(image)).waste).toHaveLength(1);
    expect((await inspectImage(image, { top: 0 })).waste).toHaveLength(0);
    expect((await imageHistory(image)).history.map(({ createdBy }) => createdBy)).toEqual([
      'layer 1',
      'layer 0',
    ]);
  });

  it('list and read files of the merged tree and of one layer', async () => {
    const image = await open();
    const paths = [...(await listFiles(image, { recursive: true }))].map(({ path }) => path);
    expect(paths).toEqual(['/app', '/big', '/etc', '/etc/hostname', '/host']);
    expect([...(await listFiles(image, { layer: 0 }))]).toHaveLength(3);
    expect((await fileTree(image)).tree.sizeBytes).toBe(200_000 + 5 + 4);
    expect(Buffer.from(await readFile(image, '/host')).toString()).toBe('base\n');
    expect(await readFile(image, 'cache', { layer: 0 })).toHaveLength(5000);
    await expect(readFile(image, 'cache')).rejects.toMatchObject({ code: 'ERR_LAYERS_PATH_NOT_FOUND' });
  });

  it('throw for a file larger than maxBytes, which can be streamed', async () => {
    const image = await open();
    await expect(readFile(image, 'big', { maxBytes: 199_999 })).rejects.toMatchObject({
      code: 'ERR_LAYERS_LIMIT',
    });
    expect(await readFile(image, 'big', { maxBytes: 200_000 })).toHaveLength(200_000);
    const chunks: Uint8Array[] = [];
    for await (const chunk of streamFile(image, 'big')) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(Buffer.alloc(200_000, 2))).toBe(true);
  });

  it('compare two images, whether their layers were read or not', async () => {
    const other = buildDockerArchive(
      { images: [{ ...spec, layers: spec.layers.slice(0, 1) }] },
      { form: 'oci' },
    );
    const changesOf = async (a: Awaited<ReturnType<typeof open>>) => {
      const { files } = await diffImages(a, await openImage(scratch.file(other)));
      return [...(files ?? [])].map((change) => change.path);
    };
    const read = await open();
    await findWaste(read);
    expect(await changesOf(await open())).toEqual(['/app', '/cache', '/host']);
    expect(await changesOf(read)).toEqual(['/app', '/cache', '/host']);
    expect((await diffImages(await open(), await open())).identical).toBe(true);
  });

  it('read the layers once, and again after an abort', async () => {
    const image = await open();
    const reading = readingOf(image);
    expect(reading.started).toBe(false);
    const [first, second] = await Promise.all([reading.read(), reading.read()]);
    expect(first).toBe(second);

    const other = await open();
    const abort = new AbortController();
    const aborted = findWaste(other, { signal: abort.signal, threads: 0 });
    const patient = findWaste(other);
    abort.abort();
    await aborted.catch((error: unknown) => expect(error).toMatchObject({ name: 'AbortError' }));
    expect((await patient).waste).toHaveLength(1);
  });

  it('throw for an object that openImage did not return', async () => {
    const image = await open();
    await expect(findWaste({ ...image, upTo: (layer) => image.upTo(layer) })).rejects.toMatchObject({
      code: 'ERR_LAYERS_USAGE',
    });
  });
});

describe('verifyImage', () => {
  const kindsOf = async (source: Parameters<typeof openImage>[0], verify?: boolean) => {
    const { checks, verified } = await verifyImage(await openImage(source, { verify }));
    expect(verified).toBe(true);
    return checks.map(({ subject, kind }) => `${subject} ${kind}`);
  };

  it('has the same checks for a compressed archive, bytes, a stream and a file', async () => {
    const expected = await kindsOf(scratch.file(archive));
    expect(expected.filter((check) => check.endsWith('diff-id'))).toHaveLength(2);
    expect(await kindsOf(scratch.file(compress(archive, 'gzip')))).toEqual(expected);
    expect(await kindsOf(archive)).toEqual(expected);
    expect(await kindsOf({ stream: pipeOf(archive) }, true)).toEqual(expected);
  });

  it('throws for a stream without computed digests', async () => {
    const image = await openImage({ stream: pipeOf(archive) });
    await expect(verifyImage(image)).rejects.toMatchObject({ code: 'ERR_LAYERS_NEEDS_FILE' });
  });

  it('reports a damaged layer, and verifyArchive a damaged document', async () => {
    const damaged = Buffer.from(archive);
    const blob = compress(spec.layers[0] ?? new Uint8Array(0), 'gzip');
    damaged.fill(0xff, damaged.indexOf(blob) + 100, damaged.indexOf(blob) + 110);
    expect((await verifyImage(await openImage(damaged))).verified).toBe(false);
    const broken = Buffer.from(archive);
    broken.fill(0x20, broken.indexOf('"rootfs"'), broken.indexOf('"rootfs"') + 8);
    await expect(openImage(broken)).rejects.toMatchObject({ code: 'ERR_LAYERS_JSON' });
    expect(await verifyArchive(broken)).toMatchObject({ verified: false, image: null });
  });
});
