import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { INPUTS, readOne } from '@layers/testing/analysed';
import { readBoth } from '@layers/testing/diffed';
import { pipe, pipeOf } from '@layers/testing/documents';
import { blobOf, configOf, digestBy, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { TOC_LAYERS, tocLayer } from '@layers/testing/toc-layers';
import { describe, expect, test } from 'vitest';
import { withTocFindings } from '../../../src/image/layers/check-toc.js';
import { compressionOf, indexLayer, type LayerTask } from '../../../src/image/layers/index-layer.js';
import { indexLayers } from '../../../src/image/layers/index-layers.js';
import { StoredTail } from '../../../src/image/layers/stored-tail.js';
import { changesetOf } from '../../../src/image/read-image.js';
import { keptLayer, streamedLayer } from '../../../src/image/remote/remote-layer.js';
import { memorySource } from '../../../src/io/memory-source.js';
import { createUsage } from '../../../src/rootfs/limits.js';
import { FOOTER_BYTES, MAX_STORED_TOC_BYTES, tocInFooter } from '../../../src/toc/index.js';
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
  const { tocFindings, problem } = indexLayer(taskOf(blob));
  expect(problem).toBeNull();
  return tocFindings;
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
      expect(index?.tocFindings, `${threads}`).toEqual([
        expect.objectContaining({
          code: 'toc-mismatch',
          message: 'the table of contents lacks this path',
          place: { path: '/noise' },
        }),
      ]);
    }
  });
});

describe('a table of contents that disagrees', () => {
  const blob = withToc(tocLayer('estargz').blob, (text) => text.replace('"size": 9000', '"size": 8999'));
  const tar = gunzipSync(blob);
  const expected = {
    code: 'toc-mismatch',
    severity: 'warning',
    message: 'the table of contents states another size of this path',
    place: { path: '/etc/deep/random' },
  };
  const ofLayer = { ...expected, place: { layer: 0, ...expected.place } };

  test.each(INPUTS)('is found in an archive from %s', async (_, input) => {
    const { findings } = await readOne(input(archiveOf(blob, tar), scratch));
    expect(findings).toEqual([ofLayer]);
  });

  test('is found in a layer that its descriptor embeds', async () => {
    const { findings } = await readOne(
      pipe(archiveOf(blob, tar, { data: Buffer.from(blob).toString('base64') })),
    );
    expect(findings).toEqual([ofLayer]);
  });

  test('is found where the layer is that of another image, which has no such table', async () => {
    const [a, b] = await readBoth(pathOf(archiveOf(tar, tar)), pathOf(archiveOf(blob, tar)));
    expect(changesetOf(a.layers[0] ?? expect.fail())).toBe(changesetOf(b.layers[0] ?? expect.fail()));
    expect([a.findings, b.findings]).toEqual([[], [ofLayer]]);
    const [, plain] = await readBoth(pathOf(archiveOf(blob, tar)), pathOf(archiveOf(gzipSync(tar), tar)));
    expect(plain.findings).toEqual([]);
  });

  test('is found in a layer on a server that is read from its start, and kept', async () => {
    const cache = cacheIn(join(scratch.folder, 'cache'));
    const layer = {
      digest: digestBy('sha256', blob),
      diffId: null,
      size: blob.length,
      blob: { name: 'the layer', range: () => expect.fail() },
      stored: () => pipeOf(blob, [1000]),
    };
    const reading = { fingerprintKey: cache.fingerprintKey, cache, contents: false, usage: createUsage() };
    for (const read of [await streamedLayer(layer, reading), keptLayer(layer, reading)])
      expect(read?.from === 'stream' && read.index.tocFindings).toEqual([expected]);
  });

  test('is not looked for beyond what is kept of a stream, whatever the footer says', async () => {
    const long = Buffer.concat([
      blob.subarray(0, -FOOTER_BYTES),
      randomBytes(MAX_STORED_TOC_BYTES),
      blob.subarray(-FOOTER_BYTES),
    ]);
    const found = withTocFindings(memorySource(long, 'a layer'), indexLayer(taskOf(blob)));
    const tail = new StoredTail(long.length);
    for (let at = 0; at < long.length; at += 999_999) tail.write(long.subarray(at, at + 999_999));
    expect(withTocFindings(tail, indexLayer(taskOf(blob)))).toEqual(found);
    expect(found.tocFindings.map(({ message }) => message)).toEqual([
      'the table of contents of a layer cannot be used: it has more than 16777216 bytes',
    ]);
  });
});

test('the end of a stream is kept as it is in a file', () => {
  const bytes = randomBytes(MAX_STORED_TOC_BYTES + 5000);
  const tail = new StoredTail(bytes.length);
  for (let at = 0, step = 1; at < bytes.length; at += step, step = Math.min(step * 3, 300_000))
    tail.write(bytes.subarray(at, at + step));
  for (const position of [5000, 5001, bytes.length - 72]) {
    const target = new Uint8Array(72);
    expect(tail.read(target, position)).toBe(72);
    expect(Buffer.compare(target, bytes.subarray(position, position + 72))).toBe(0);
  }
  expect(tail.read(new Uint8Array(72), 4999)).toBe(0);
});

/** Returns an archive with one layer as it is stored. */
function archiveOf(
  stored: Uint8Array,
  tar: Uint8Array,
  more: Readonly<Record<string, unknown>> = {},
): Buffer {
  const mediaType = `${OCI}.layer.v1.tar${stored === tar ? '' : '+gzip'}`;
  const layer = blobOf(stored, mediaType);
  const config = blobOf(configOf([tar]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: config.descriptor,
      layers: [{ ...layer.descriptor, ...more }],
    },
    `${OCI}.manifest.v1+json`,
  );
  const blobs = 'data' in more ? [config, manifest] : [layer, config, manifest];
  return buildTar([...layoutOf([manifest.descriptor]), ...blobs.map(({ file }) => file)]);
}

const pathOf = (archive: Uint8Array) => ({ path: scratch.file(archive) });

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
