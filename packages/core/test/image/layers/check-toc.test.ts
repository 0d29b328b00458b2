import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { TOC_LAYERS, tocLayer } from '@layers/testing/toc-layers';
import { describe, expect, test } from 'vitest';
import { compressionOf, indexLayer, type LayerTask } from '../../../src/image/layers/index-layer.js';
import { indexLayers } from '../../../src/image/layers/index-layers.js';
import { memorySource } from '../../../src/io/memory-source.js';
import { FOOTER_BYTES, tocInFooter } from '../../../src/toc/index.js';
import { cacheIn } from '../cache/support.ts';

const scratch = useScratch();

function taskOf(blob: Uint8Array): LayerTask {
  const source = memorySource(blob, 'the layer');
  return {
    source,
    compression: compressionOf(source),
    storedDigests: [],
    tarDigests: [],
    verifyRaw: false,
    expectedDiffId: null,
    fingerprintKey: null,
    progress: null,
  };
}

function findingsOf(blob: Uint8Array) {
  const { changeset, problem } = indexLayer(taskOf(blob));
  expect(problem).toBeNull();
  return changeset.findings.filter(({ code }) => code === 'toc-mismatch');
}

describe('the table of contents of a layer that is read', () => {
  test.each(TOC_LAYERS)('agrees with the tar: %s', (name) => {
    expect(findingsOf(tocLayer(name).blob)).toEqual([]);
  });

  test('is compared with the tar, and each difference is found', () => {
    const { blob } = tocLayer('estargz');
    const changed = withToc(blob, (text) =>
      text.replace('"name": "etc/numbers"', '"name": "etc/nombres"').replace('"size": 9000', '"size": 8999'),
    );
    expect(findingsOf(changed)).toEqual([
      expect.objectContaining({
        message: 'the table of contents states another size of this path',
        place: { path: '/etc/deep/random' },
      }),
      expect.objectContaining({
        message: 'only the table of contents lists this path',
        place: { path: '/etc/nombres' },
      }),
      expect.objectContaining({
        message: 'the table of contents lacks this path',
        place: { path: '/etc/numbers' },
      }),
    ]);
  });

  test('is compared with entries that a cache kept from a stream, and only once', () => {
    const blob = withToc(tocLayer('estargz').blob, (text) => text.replace('"size": 9000', '"size": 8999'));
    const cache = cacheIn(scratch.folder);
    const task: LayerTask = {
      ...taskOf(blob),
      storedDigests: ['sha256'],
      fingerprintKey: cache.fingerprintKey,
    };
    const index = indexLayer(task);
    const [digest = expect.fail()] = index.digests;
    expect(index.changeset.findings).toHaveLength(1);
    // A stream shows no table of contents.
    cache.keepRemote(digest, { ...index, changeset: { ...index.changeset, findings: [] } });
    for (let run = 0; run < 2; run++) {
      expect(cache.indexOf(digest, task)?.changeset.findings).toEqual(index.changeset.findings);
    }
  });

  test('that is damaged is one finding', () => {
    const changed = withToc(tocLayer('estargz').blob, (text) => text.replace('{', '['));
    expect(findingsOf(changed).map(({ message }) => message)).toEqual([
      'the table of contents of a layer cannot be used: it is not JSON',
    ]);
  });

  test('is compared wherever the layer is read', async () => {
    const tasks = [taskOf(longer(tocLayer('estargz').blob))];
    for (const threads of [0, 2]) {
      const [index] = await indexLayers(tasks, { threads });
      expect(index?.changeset.findings, `${threads}`).toEqual([
        expect.objectContaining({
          code: 'toc-mismatch',
          message: 'the table of contents lacks this path',
          place: { path: '/noise' },
        }),
      ]);
    }
  });
});

/** Returns a layer of eStargz with a file in front that its table of contents does not list, too large to be read at once. */
function longer(blob: Uint8Array): Uint8Array {
  const end = Buffer.alloc(1024);
  const tar = buildTar([{ path: 'noise', data: randomBytes(600_000) }]);
  expect(tar.subarray(-end.length)).toEqual(end);
  const first = gzipSync(tar.subarray(0, -end.length), { level: 1 });
  const place = tocInFooter(blob.subarray(-FOOTER_BYTES), blob.length);
  if (place === null) throw new Error('the layer has no TOC');
  const hex = (offset: number): string => offset.toString(16).padStart(16, '0');
  const footer = Buffer.from(blob.subarray(-FOOTER_BYTES)).toString('latin1');
  const moved = footer.replace(hex(place.start), hex(place.start + first.length));
  expect(moved).not.toBe(footer);
  return Buffer.concat([first, blob.subarray(0, -FOOTER_BYTES), Buffer.from(moved, 'latin1')]);
}

/** Returns a layer of eStargz with another table of contents of the same length. */
function withToc(blob: Uint8Array, change: (text: string) => string): Uint8Array {
  const place = tocInFooter(blob.subarray(-FOOTER_BYTES), blob.length);
  if (place === null) throw new Error('the layer has no TOC');
  const tar = gunzipSync(blob.subarray(place.start, place.end)).toString('latin1');
  const changed = change(tar);
  expect(changed).not.toBe(tar);
  expect(changed.length).toBe(tar.length);
  const toc = gzipSync(Buffer.from(changed, 'latin1'));
  return Buffer.concat([blob.subarray(0, place.start), toc, blob.subarray(place.end)]);
}
