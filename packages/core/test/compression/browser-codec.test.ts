import { deflateRawSync, crc32 as nodeCrc32 } from 'node:zlib';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/compression/crc32.browser.ts';
import { gzipDecoder } from '../../src/compression/gzip-decoder.ts';
import { inflaterOf } from '../../src/compression/inflater.ts';
import { openNodeCodec as openBrowserCodec } from '../../src/compression/node-codec.browser.ts';
import { openNodeCodec } from '../../src/compression/node-codec.ts';
import { chunksOf, concat, gzip, inflateAll, sample } from './support.ts';

type Open = typeof openNodeCodec;

/** Returns the output of gzip data, or the message of the error. */
function outcome(data: Uint8Array, open: Open, chunkBytes: number): Uint8Array | string {
  const codec = open('deflate');
  if (codec === null) throw new Error('no codec');
  try {
    return inflateAll(inflaterOf(gzipDecoder(codec)), chunksOf(data, chunkBytes));
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}

describe('the codec of browsers', () => {
  it('inflates members in any chunks', () => {
    for (const [bytes, chunkBytes] of [
      [30_000, 37],
      [300_000, 4096],
      [300_000, 300_000],
    ] as const) {
      const data = sample(bytes);
      const members = concat(gzip(data.subarray(0, bytes / 3)), gzip(data.subarray(bytes / 3)));
      expect(outcome(members, openBrowserCodec, chunkBytes)).toEqual(data);
    }
  });

  it('reports damage with the words and positions of Node', () => {
    const whole = gzip(sample(5000));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(whole.length),
        fc.integer({ min: 1, max: 6000 }),
        (at, change, end, chunkBytes) => {
          const damaged = whole.slice(0, Math.max(end, at + 1));
          damaged[at] = (damaged[at] ?? 0) ^ change;
          expect(outcome(damaged, openBrowserCodec, chunkBytes)).toEqual(
            outcome(damaged, openNodeCodec, chunkBytes),
          );
        },
      ),
      { numRuns: runs(500, 20_000) },
    );
  });

  it('returns how many bytes the deflate stream has', () => {
    const stream = deflateRawSync(sample(1000));
    const codec = openBrowserCodec('deflate');
    const taking = codec?.take(concat(stream, new Uint8Array(100)));
    let last = taking?.next();
    while (last?.done === false) last = taking?.next();
    expect(last?.value).toBe(stream.length);
  });

  it('refuses to work after it was closed', () => {
    const codec = openBrowserCodec('deflate');
    codec?.close();
    expect(() => codec?.take(Uint8Array.of(3, 0)).next()).toThrow('closed');
  });
});

it('computes the CRC-32 in parts as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const [start, end] = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(crc32(end, crc32(start))).toBe(nodeCrc32(bytes));
    }),
    { numRuns: runs(500, 20_000) },
  );
});
