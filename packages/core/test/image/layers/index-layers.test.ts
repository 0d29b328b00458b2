import { createHash, type Hash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { digestBy } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { createFingerprintKey } from '../../../src/image/layers/fingerprint.ts';
import { compressionOf, indexLayer, type LayerTask } from '../../../src/image/layers/index-layer.ts';
import { indexLayers } from '../../../src/image/layers/index-layers.ts';
import type { LayerObserver } from '../../../src/image/layers/layer-observer.ts';
import { fileSource } from '../../../src/io/file-source.ts';
import { rangeSource } from '../../../src/io/range-source.ts';

const scratch = useScratch();
const fingerprintKey = createFingerprintKey();
const MEBI = 1024 * 1024;

const tarOf = (bytes: number, name: string): Buffer =>
  buildTar([
    { path: `${name}/`, type: 'directory' },
    { path: `${name}/noise`, data: randomBytes(bytes) },
    { path: `${name}/xattr`, data: Buffer.from(name), xattrs: new Map([['user.a', Buffer.from([0, 255])]]) },
    { path: `${name}/link`, type: 'symlink', linkpath: 'noise' },
  ]);

function taskOf(blob: Uint8Array, more: Partial<LayerTask> = {}): LayerTask {
  const file = fileSource(scratch.file(Buffer.concat([Buffer.alloc(700), blob])));
  const source = rangeSource(file, 700, blob.length);
  return {
    source,
    compression: compressionOf(source),
    storedDigests: ['sha256', 'sha512'],
    tarDigests: ['sha256'],
    verifyRaw: false,
    expectedDiffId: null,
    fingerprintKey,
    progress: null,
    ...more,
  };
}

interface SeenLayer {
  readonly tar: Hash;
  readonly sizes: number[];
}

/** Notes the tar, and the sizes of the contents. */
function observerOf(seen: SeenLayer | undefined): LayerObserver {
  return {
    onTar: (bytes) => void seen?.tar.update(bytes),
    openContent(entry) {
      let size = 0;
      return {
        write(bytes) {
          size += bytes.length;
        },
        // The files follow a directory.
        end() {
          if (seen !== undefined) seen.sizes[entry - 1] = size;
        },
      };
    },
  };
}

describe('layers', () => {
  const big = tarOf(5 * MEBI, 'big');
  const [bigBlob, smallTar] = [gzipSync(big, { level: 1 }), tarOf(3000, 'small')];
  const rawTar = tarOf(MEBI, 'raw');
  const tasks = [
    taskOf(smallTar),
    taskOf(gzipSync(smallTar)),
    taskOf(bigBlob),
    taskOf(rawTar, { verifyRaw: true }),
    taskOf(gzipSync(smallTar).subarray(0, 500)),
  ];

  test('have the same indexes in this thread, in one thread and in several, in the order of the tasks', async () => {
    const here = await indexLayers(tasks, { threads: 0 });
    expect(here.map(({ problem }) => problem?.code ?? null)).toEqual([
      null,
      null,
      null,
      null,
      'ERR_LAYERS_GZIP_TRUNCATED',
    ]);
    expect(here[2]).toMatchObject({
      digests: [digestBy('sha256', bigBlob), digestBy('sha512', bigBlob)],
      diffIds: [digestBy('sha256', big)],
      tarBytes: big.length,
    });
    // The uncompressed layer without verification is walked, not read.
    expect([here[0]?.digests, here[0]?.diffIds, here[0]?.changeset.count]).toEqual([[], [], 4]);
    for (const threads of [1, 2, 3])
      expect(await indexLayers(tasks, { threads }), `${threads}`).toEqual(here);
  });

  test('show an observer their bytes and contents, with any number of threads', async () => {
    const readTasks = tasks.slice(0, 4);
    const indexes = await indexLayers(readTasks, { threads: 0 });
    // The first one is walked, not read.
    const tars = [Buffer.alloc(0), smallTar, big, rawTar];
    const contents = [[], [3000, 5], [5 * MEBI, 3], [MEBI, 3]];
    for (const threads of [0, 1, 2, 3]) {
      const seen = readTasks.map((): SeenLayer => ({ tar: createHash('sha256'), sizes: [] }));
      const observed = readTasks.map((task, i) => ({ ...task, observe: () => observerOf(seen[i]) }));
      expect(await indexLayers(observed, { threads }), `${threads}`).toEqual(indexes);
      for (const [i, { tar, sizes }] of seen.entries()) {
        expect(`sha256:${tar.digest('hex')}`, `${threads} ${i}`).toBe(digestBy('sha256', tars[i] ?? big));
        expect(sizes, `${threads} ${i}`).toEqual(contents[i]);
      }
    }
  });

  test('have the same access points in threads, which the thread pool does not find', async () => {
    const withPoints = tasks.map((task) => ({ ...task, accessPoints: true }));
    const here = await indexLayers(withPoints, { threads: 0 });
    expect(here[2]?.accessPoints).not.toBeNull();
    expect(await indexLayers(withPoints, { threads: 2 })).toEqual(here);
  });

  test('that cannot be decompressed have a problem, also in threads of their own', async () => {
    const truncated = taskOf(bigBlob.subarray(0, bigBlob.length - 50_000));
    const damagedTar = Buffer.from(big);
    damagedTar.write('X', 512);
    const damaged = taskOf(gzipSync(damagedTar, { level: 1 }));
    for (const task of [truncated, damaged]) {
      const [here] = await indexLayers([task], { threads: 0 });
      const [there] = await indexLayers([task], { threads: 2 });
      expect(there).toEqual(here);
    }
    const [broken] = await indexLayers([truncated], { threads: 2 });
    expect(broken).toMatchObject({ problem: { code: 'ERR_LAYERS_GZIP_TRUNCATED' }, diffIds: [] });
  });

  test('count the bytes that are read, or walked', async () => {
    for (const threads of [0, 2]) {
      const progress = new BigInt64Array(new SharedArrayBuffer(8));
      await indexLayers(
        tasks.slice(0, 4).map((task) => ({ ...task, progress })),
        { threads },
      );
      const read = tasks.slice(0, 4).reduce((sum, { source }) => sum + source.size, 0);
      expect(Number(progress[0]), `${threads}`).toBe(read);
    }
  });

  test('stop when the signal aborts', async () => {
    const abort = new AbortController();
    const reading = indexLayers(tasks, { threads: 2, signal: abort.signal });
    abort.abort();
    await expect(reading).rejects.toThrow();
  });

  test('whose file is missing cause an error in any thread', async () => {
    const missing = {
      ...taskOf(smallTar),
      source: fileSource(`${scratch.folder}/missing`, 9),
    };
    for (const threads of [0, 2]) {
      await expect(indexLayers([...tasks, missing], { threads }), `${threads}`).rejects.toMatchObject({
        code: 'ERR_LAYERS_READ',
      });
    }
  });
});

describe('one layer', () => {
  test('with an unexpected DiffID is read again by the portable inflater', () => {
    const tar = tarOf(100_000, 'x');
    const blob = gzipSync(tar);
    const expected = indexLayer(taskOf(blob, { expectedDiffId: digestBy('sha256', tar) }));
    const other = indexLayer(taskOf(blob, { expectedDiffId: `sha256:${'0'.repeat(64)}` }));
    expect(other).toEqual(expected);
    expect(other.diffIds).toEqual([digestBy('sha256', tar)]);
  });

  test('that is uncompressed has the same index whether it is walked or read', () => {
    const tar = tarOf(10_000, 'x');
    const walked = indexLayer(taskOf(tar));
    const read = indexLayer(taskOf(tar, { verifyRaw: true }));
    expect(read).toEqual({ ...walked, digests: read.digests, diffIds: read.diffIds });
    expect(read.diffIds).toEqual([digestBy('sha256', tar)]);
  });

  test('without bytes is empty', () => {
    expect(indexLayer(taskOf(new Uint8Array(0)))).toMatchObject({ problem: null, tarBytes: 0 });
  });
});
