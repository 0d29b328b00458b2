import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNFINISHED } from '../../src/compression/codec.ts';
import { type PooledDecoder, pooledDecoder, portableDecoder } from '../../src/compression/inflater.ts';
import { chunksOf, codeOfAsync, concat, gzip, sample, sha256 } from './support.ts';

type Format = 'gzip' | 'zstd';

function open(format: Format): PooledDecoder {
  const decoder = pooledDecoder(format);
  if (decoder === null) throw new Error('this version of Node was not tested with the thread pool');
  return decoder;
}

/** Returns the output of the thread pool. Each chunk is overwritten when its last step is done. */
async function pooled(format: Format, bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const decoder = open(format);
  const parts: Uint8Array[] = [];
  const read = async (pieces: Iterable<Uint8Array>): Promise<void> => {
    for (const piece of pieces) {
      if (piece === UNFINISHED) await decoder.ready();
      else parts.push(piece.slice());
    }
  };
  try {
    for (const chunk of chunksOf(bytes, size)) {
      const reused = Buffer.from(chunk);
      await read(decoder.feed(reused));
      reused.fill(0xee);
    }
    await read(decoder.finish());
  } finally {
    decoder.close();
  }
  return concat(...parts);
}

async function inThisThread(format: Format, bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const decoder = portableDecoder(format);
  const parts: Uint8Array[] = [];
  try {
    for (const chunk of chunksOf(bytes, size))
      for (const piece of decoder.feed(chunk)) parts.push(piece.slice());
    for (const piece of decoder.finish()) parts.push(piece.slice());
  } finally {
    decoder.close();
  }
  return concat(...parts);
}

const formats: [Format, (bytes: Uint8Array) => Uint8Array][] = [['gzip', gzip]];
if ('zstdCompressSync' in zlib && typeof zlib.zstdCompressSync === 'function') {
  const { zstdCompressSync } = zlib;
  formats.push(['zstd', (bytes) => new Uint8Array(zstdCompressSync(bytes))]);
}

describe.each(formats)('the thread pool, with %s', (format, compress) => {
  const data = concat(sample(900_000), new Uint8Array(3_000_000), randomBytes(700_000));
  const zipped = compress(data);

  it('decompresses as this thread does, however the bytes are cut', async () => {
    for (const size of [1000, 65_536, 262_144, zipped.length])
      expect(sha256(await pooled(format, zipped, size)), `${size}`).toBe(sha256(data));
  });

  it('decompresses members and frames that follow each other', async () => {
    const joined = concat(zipped, compress(sample(10)), compress(new Uint8Array(0)), compress(sample(5000)));
    const expected = sha256(concat(data, sample(10), sample(5000)));
    for (const size of [777, 262_144]) expect(sha256(await pooled(format, joined, size))).toBe(expected);
  });

  it('has the same result for damaged data', async () => {
    const small = compress(sample(3000));
    const damage = fc.record({
      at: fc.nat(small.length * 2 - 1),
      to: fc.integer({ min: 0, max: 255 }),
      end: fc.integer({ min: 0, max: small.length * 2 }),
      size: fc.integer({ min: 1, max: small.length * 2 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, to, end, size }) => {
        const bytes = concat(small, small).with(at, to).subarray(0, end);
        const results = [pooled, inThisThread].map(async (decode) => {
          let output: Uint8Array | null = null;
          const code = await codeOfAsync(async () => {
            output = await decode(format, bytes, size);
          });
          return { code, output };
        });
        const [there, here] = await Promise.all(results);
        expect(there).toEqual(here);
      }),
      { numRuns: 40 },
    );
  });

  it('yields the output before the data ends too early', async () => {
    const decoder = open(format);
    let bytes = 0;
    const read = async (pieces: Iterable<Uint8Array>): Promise<void> => {
      for (const piece of pieces) {
        bytes += piece.length;
        if (piece === UNFINISHED) await decoder.ready();
      }
    };
    await read(decoder.feed(zipped.subarray(0, -20)));
    expect(await codeOfAsync(() => read(decoder.finish()))).toMatch(/_TRUNCATED$/);
    decoder.close();
    expect(bytes).toBeGreaterThan(data.length - 200_000);
  });

  it('may be left while the pool is at work', async () => {
    const decoder = open(format);
    const steps = decoder.feed(zipped)[Symbol.iterator]();
    expect(steps.next().value).toBe(UNFINISHED);
    const ready = decoder.ready();
    decoder.close();
    decoder.close();
    await ready;
    expect(() => [...decoder.feed(zipped)]).toThrow();
  });
});
