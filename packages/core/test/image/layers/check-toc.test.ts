import { gunzipSync, gzipSync } from 'node:zlib';
import { TOC_LAYERS, tocLayer } from '@layers/testing/toc-layers';
import { describe, expect, test } from 'vitest';
import { compressionOf, indexLayer } from '../../../src/image/layers/index-layer.js';
import { memorySource } from '../../../src/io/memory-source.js';
import { FOOTER_BYTES, tocInFooter } from '../../../src/toc/index.js';

function findingsOf(blob: Uint8Array) {
  const source = memorySource(blob, 'the layer');
  const { changeset, problem } = indexLayer({
    source,
    compression: compressionOf(source),
    storedDigests: [],
    tarDigests: [],
    verifyRaw: false,
    expectedDiffId: null,
    fingerprintKey: null,
    progress: null,
  });
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

  test('that is damaged is one finding', () => {
    const changed = withToc(tocLayer('estargz').blob, (text) => text.replace('{', '['));
    expect(findingsOf(changed).map(({ message }) => message)).toEqual([
      'the table of contents of a layer cannot be used: it is not JSON',
    ]);
  });
});

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
