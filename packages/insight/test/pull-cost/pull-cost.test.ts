import { openArchive, type ReadImage, readImage, selectImage } from '@layers/core/image';
import { pullUpdate } from '@layers/insight/pull-cost';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();

type Files = Readonly<Record<string, string>>;

function layerOf(files: Files, mtime = 0): Buffer {
  return buildTar(Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text), mtime })));
}

async function imageOf(layers: readonly Buffer[], compression: 'gzip' | null = 'gzip'): Promise<ReadImage> {
  const bytes = buildDockerArchive(
    { images: [{ tags: ['a:1'], layers: [...layers] }] },
    { form: 'oci', compression },
  );
  const archive = await openArchive({ path: scratch.file(bytes) });
  return readImage(archive, selectImage(archive));
}

const side = (read: ReadImage) => ({ source: read.archive.source, description: read.description, read });
const described = (read: ReadImage) => ({ ...side(read), read: null });

const base = layerOf({ base: 'base'.repeat(1000) });

describe('an update', () => {
  test('fetches the blobs that the old image lacks, each once', async () => {
    const again = layerOf({ again: 'again' });
    const a = await imageOf([base, layerOf({ a: 'old' })]);
    const b = await imageOf([base, again, layerOf({ a: 'new' }), again]);
    const { totals, layers } = await pullUpdate(side(a), side(b));
    expect(layers.map(({ state }) => state)).toEqual(['shared', 'fetched', 'fetched', 'repeated']);
    const sizes = b.description.layers.map(({ size }) => size ?? 0);
    expect(totals).toMatchObject({
      fetchedBytes: (sizes[1] ?? 0) + (sizes[2] ?? 0),
      fetchedLayers: 2,
      layerBytes: (sizes[0] ?? 0) + (sizes[1] ?? 0) + (sizes[2] ?? 0),
      isEstimated: false,
    });
    expect(await pullUpdate(described(a), described(b))).toMatchObject({
      totals: { ...totals, newContentBytes: null, newFileBytes: null },
    });
  });

  test('of a Docker Engine fetches everything above the first layer that differs', async () => {
    const top = layerOf({ top: 'top' });
    const a = await imageOf([base, layerOf({ a: 'old' }), top]);
    const b = await imageOf([base, layerOf({ a: 'new' }), top]);
    const { totals } = await pullUpdate(side(a), side(b));
    const [, changed = 0, above = 0] = b.description.layers.map(({ size }) => size ?? 0);
    expect([totals.fetchedBytes, totals.dockerBytes]).toEqual([changed, changed + above]);
  });

  test('names layers with the same files, and what makes them differ', async () => {
    const files = { x: 'x', y: 'y' };
    const a = await imageOf([base, layerOf(files, 1), layerOf({ z: 'z' })]);
    const b = await imageOf([base, layerOf(files, 2), layerOf({ z: 'other' })]);
    const { layers } = await pullUpdate(side(a), side(b));
    expect(layers.map(({ sameAs }) => sameAs)).toEqual([null, { layer: 1, differs: ['mtime'] }, null]);
    const plain = await imageOf([base, layerOf(files, 1), layerOf({ z: 'z' })], null);
    const recompressed = await pullUpdate(side(plain), side(a));
    expect(recompressed.layers.map(({ state, sameAs }) => [state, sameAs?.differs])).toEqual(
      [0, 1, 2].map(() => ['fetched', ['compression']]),
    );
    // A Docker Engine compares uncompressed layers.
    expect(recompressed.totals.dockerBytes).toBe(0);
  });

  test('with transfers of files gets contents that no layer of the old image has, each once', async () => {
    const a = await imageOf([layerOf({ kept: 'kept!', gone: 'gone!' }), layerOf({ kept: 'other' })]);
    const b = await imageOf([layerOf({ moved: 'kept!', new1: 'new one', new2: 'new one', same: 'NEW??' })]);
    const { totals, layers } = await pullUpdate(side(a), side(b));
    expect(totals.newContentBytes).toBe('new one'.length + 'NEW??'.length);
    expect(layers[0]?.newContentBytes).toBe(totals.newContentBytes);
    const zeros = (count: number) => '\0'.repeat(count);
    const longer = await imageOf([layerOf({ zeros: zeros(100), more: zeros(200), again: zeros(200) })]);
    const old = await imageOf([layerOf({ zeros: zeros(100), other: zeros(200).replace('\0', 'x') })]);
    expect((await pullUpdate(side(old), side(longer))).totals.newContentBytes).toBe(200);
    expect(totals.newFileBytes).toBeLessThan(totals.fetchedBytes);
  });

  test('counts documents that differ', async () => {
    const [a, b] = [await imageOf([base]), await imageOf([base, layerOf({ a: '1' })])];
    expect((await pullUpdate(side(a), side(a))).totals).toMatchObject({
      documentBytes: 0,
      fetchedBytes: 0,
      dockerBytes: 0,
    });
    const sizes = b.description.documents.map(({ bytes }) => bytes.length);
    expect((await pullUpdate(side(a), side(b))).totals.documentBytes).toBe(
      sizes.reduce((sum, size) => sum + size, 0),
    );
  });
});
