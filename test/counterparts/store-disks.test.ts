import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@layers/core/digest';
import { OCI_LAYER } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import type { NewImage } from '@layers/rewrite/image';
import { checkStore } from '@layers/store/check';
import { pruneStore, removeImages } from '@layers/store/garbage';
import { findImage, listImages, readStoredImage, tagImage } from '@layers/store/images';
import { openStore, type Store } from '@layers/store/layout';
import { withLease } from '@layers/store/lease';
import { loadImages } from '@layers/store/load';
import { buildTar } from '@layers/testing/tar-builder';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { run } from './processes.ts';

const MB = 1024 * 1024;

/** An image with one uncompressed layer. */
function imageOf(tag: string, bytes: number): NewImage {
  const tar = buildTar([{ path: `${tag}.bin`, data: Buffer.alloc(bytes, tag) }]);
  const digest = digestOf(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [digest] },
    }),
  );
  return {
    layers: [
      {
        kind: 'existing',
        digest,
        sizeBytes: tar.length,
        diffId: digest,
        mediaType: OCI_LAYER,
        source: null,
        async *chunks() {
          for (let at = 0; at < tar.length; at += 100_000) yield tar.subarray(at, at + 100_000);
        },
      },
    ],
    config: () => config,
    manifest: null,
    tags: [`${tag}:1`],
    platform: null,
    annotations: new Map(),
  };
}

async function failureOf(work: () => Promise<unknown>): Promise<[string, string]> {
  try {
    await work();
    return ['', ''];
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return [error.code, error.message];
  }
}

describe.skipIf(inject('missing').length > 0)('a store on a separate file system', () => {
  let disk = '';
  let store: Store;
  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), 'layers-disk-test-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
    mkdirSync(join(disk, 'store'));
    store = openStore(join(disk, 'store'), { create: true });
    await loadImages(store, [imageOf('kept', 2 * MB)]);
  });
  afterEach(async () => {
    await run('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('that is full keeps its images, and can free space for new ones', async () => {
    const free = statfsSync(disk).bavail;
    const [code, message] = await failureOf(() =>
      loadImages(store, [imageOf('fits', MB), imageOf('large', 7 * MB)]),
    );
    expect([code, message]).toEqual([
      'ERR_LAYERS_WRITE_OUTPUT',
      expect.stringMatching(/no space left on device$/),
    ]);
    expect(readdirSync(join(store.path, '.layers/uploads'))).toEqual([]);
    expect(listImages(store).map(({ refs }) => refs)).toEqual([['kept:1']]);
    expect(await checkStore(store)).toMatchObject({ isClean: true, partial: [] });
    await pruneStore(store, { graceSeconds: 0 });
    expect(statfsSync(disk).bavail).toBe(free);
    await loadImages(store, [imageOf('fits', MB)]);
    expect((await checkStore(store)).isClean).toBe(true);
  });

  it('without a free byte can be read, and loses nothing', async () => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
    expect(findImage(store, 'kept:1').problem).toBe(null);
    await withLease(store, async () => readStoredImage(store, findImage(store, 'kept:1')));
    expect((await checkStore(store)).isClean).toBe(true);
    for (const work of [
      () => loadImages(store, [imageOf('more', 1000)]),
      () => tagImage(store, 'kept:1', 'other:1'),
    ])
      expect((await failureOf(work))[0]).toBe('ERR_LAYERS_WRITE_OUTPUT');
    rmSync(join(disk, 'filler'));
    expect(listImages(store).map(({ refs }) => refs)).toEqual([['kept:1']]);
    expect((await checkStore(store)).isClean).toBe(true);
    await removeImages(store, ['kept:1']);
  });

  it('that is read-only can be read, and reports other commands as errors in one line', async () => {
    await run('mount', ['-o', 'remount,ro', disk]);
    const again = openStore(store.path, { create: true });
    const image = findImage(again, 'kept:1');
    await withLease(again, async (lease) => {
      lease.pin([image.manifestDigest]);
      expect((await readStoredImage(again, image)).layers).toHaveLength(1);
    });
    expect((await checkStore(again)).isClean).toBe(true);
    expect((await pruneStore(again, { dryRun: true })).blobs).toEqual([]);
    for (const work of [
      () => loadImages(again, [imageOf('more', 1000)]),
      () => tagImage(again, 'kept:1', 'other:1'),
      () => removeImages(again, ['kept:1']),
      () => pruneStore(again),
      async () => openStore(join(disk, 'new'), { create: true }),
    ]) {
      expect(await failureOf(work)).toEqual([
        'ERR_LAYERS_WRITE_OUTPUT',
        expect.stringMatching(/^cannot write .*: read-only file system$/),
      ]);
    }
    expect((await failureOf(() => removeImages(again, ['absent:1'])))[0]).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
  });
});
