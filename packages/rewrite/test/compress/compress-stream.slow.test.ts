import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { needs } from '@layers/testing/needs';
import { collect } from '@layers/testing/new-images';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressStream } from '../../src/compress/compress-stream.ts';
import { isZstdBuiltIn } from '../../src/compress/zstd-block.ts';
import { chunksOf, compressed, decompressed, layerLike, MIB, noise, piped } from './support.ts';

const GZIP_BLOCK = 1024 * 1024;
const ZSTD_BLOCK = isZstdBuiltIn() ? 4 * MIB : MIB;
/** Long enough to be compressed in threads. */
const THREADED = 4 * MIB + 300_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const kinds = ['gzip', 'zstd'] as const;

/** Parses the headers of zstd frames, by walking their blocks (RFC 8878, 3.1.1). */
function parseFrames(bytes: Uint8Array): { size: number | null; checksum: boolean }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: { size: number | null; checksum: boolean }[] = [];
  for (let at = 0; at < bytes.length; ) {
    expect(view.getUint32(at, true)).toBe(0xfd2fb528);
    const descriptor = view.getUint8(at + 4);
    const single = (descriptor & 0x20) !== 0;
    const checksum = (descriptor & 4) !== 0;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    at += 5 + (single ? 0 : 1);
    const size =
      sizeBytes === 0
        ? null
        : sizeBytes === 1
          ? view.getUint8(at)
          : sizeBytes === 2
            ? view.getUint16(at, true) + 256
            : view.getUint32(at, true);
    at += sizeBytes;
    for (let last = false; !last; ) {
      const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      last = (header & 1) === 1;
      at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >>> 3);
    }
    if (checksum) at += 4;
    found.push({ size, checksum });
  }
  return found;
}

describe.each(kinds)('%s', (kind) => {
  const block = kind === 'gzip' ? GZIP_BLOCK : ZSTD_BLOCK;
  /** From level 6, zstd uses threads for streams above 4 MiB. */
  const level = kind === 'gzip' ? 1 : 6;

  it.each([0, 1, block - 1, block, block + 1, 2 * block, 2 * block + 17])(
    'is decompressed to the same %i bytes',
    async (length) => {
      const bytes = layerLike(length);
      const output = await compressed(bytes, { kind, threads: 0 });
      expect(sha256(await decompressed(output, kind))).toBe(sha256(bytes));
    },
  );

  it('gives the same bytes with any number of threads', async () => {
    const bytes = layerLike(THREADED);
    const expected = sha256(await compressed(bytes, { kind, level, threads: 0 }));
    for (const threads of [1, 2, 3, 5, 2]) {
      expect(sha256(await compressed(bytes, { kind, level, threads }))).toBe(expected);
    }
    const withDefault = await compressed(bytes, { kind, level });
    expect(sha256(withDefault)).toBe(expected);
    expect(sha256(await decompressed(withDefault, kind))).toBe(sha256(bytes));
  });

  it('gives the same bytes for any chunks of the input', async () => {
    const long = layerLike(THREADED);
    const expected = new Map<number, string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 5, block, long.length),
        fc.array(fc.oneof(fc.integer({ min: 500, max: 70_000 }), fc.integer({ min: 1, max: THREADED })), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.constantFrom(0, 1, 2),
        async (length, sizes, threads) => {
          const bytes = long.subarray(0, length);
          const digest = sha256(await compressed(bytes, { kind, level, threads }, sizes));
          if (!expected.has(length)) {
            expected.set(length, sha256(await compressed(bytes, { kind, level, threads: 0 })));
          }
          expect(digest).toBe(expected.get(length));
        },
      ),
      { numRuns: runs(10, 300) },
    );
  });

  it('accepts empty chunks', async () => {
    async function* source() {
      yield new Uint8Array(0);
      yield Uint8Array.of(1, 2, 3);
      yield new Uint8Array(0);
    }
    const output = await collect(compressStream(source(), { kind }));
    expect([...(await decompressed(output, kind))]).toEqual([1, 2, 3]);
  });

  it('adds less than 0.1 % to incompressible bytes', async () => {
    const bytes = noise(2 * block + 5);
    for (const level of kind === 'gzip' ? [0, 1, 9] : [1, 3]) {
      const output = await compressed(bytes, { kind, level, threads: 2 });
      expect(output.length).toBeLessThan(bytes.length * 1.001 + 1000);
      expect(sha256(await decompressed(output, kind))).toBe(sha256(bytes));
    }
  });

  const tools = kind === 'gzip' ? (['gzip', 'pigz'] as const) : (['zstd'] as const);
  for (const tool of tools) {
    it(`is decompressed by ${tool} to the same bytes`, needs(tool), async () => {
      const bytes = layerLike(2 * block + 12_345);
      for (const input of [bytes, bytes.subarray(0, 100), bytes.subarray(0, 0)]) {
        const output = await compressed(input, { kind, level: 1, threads: 2 });
        piped(tool, ['-t'], output);
        expect(sha256(piped(tool, ['-dc'], output))).toBe(sha256(input));
      }
    });
  }

  it.each([-1, 3.5, 20, Number.NaN, Number.POSITIVE_INFINITY])('refuses level %d', (level) => {
    expect(() => compressStream(chunksOf(new Uint8Array(1), [1]), { kind, level })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
    );
  });
});

describe('a gzip stream', () => {
  it('is one member without a name, a time or an operating system', async () => {
    const bytes = layerLike(3 * GZIP_BLOCK + 1);
    const output = await compressed(bytes, { kind: 'gzip', threads: 0 });
    expect([...output.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    // Throws if the deflate stream ends before the trailer.
    expect(sha256(inflateRawSync(output.subarray(10, -8)))).toBe(sha256(bytes));
    expect(sha256(gunzipSync(output))).toBe(sha256(bytes));
  });

  it('uses the previous block as a dictionary, in threads too', async () => {
    const repeated = noise(20_000);
    const bytes = Buffer.concat([noise(GZIP_BLOCK - 20_000), repeated, repeated, noise(5 * MIB)]);
    for (const threads of [0, 2, 5]) {
      const output = await compressed(bytes, { kind: 'gzip', threads });
      expect(output.length).toBeLessThan(bytes.length - 15_000);
    }
  });

  it('has levels 0 to 9, by default 6', async () => {
    const bytes = layerLike(300_000);
    const sizes = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (level) => {
        const output = await compressed(bytes, { kind: 'gzip', level });
        expect(sha256(gunzipSync(output))).toBe(sha256(bytes));
        return output.length;
      }),
    );
    expect(sizes[0]).toBeGreaterThan(bytes.length);
    expect(sizes[9]).toBeLessThan(sizes[1] ?? 0);
    const withDefault = await compressed(bytes, { kind: 'gzip', level: null });
    expect(withDefault.equals(await compressed(bytes, { kind: 'gzip', level: 6 }))).toBe(true);
  });

  it('refuses level 10', () => {
    expect(() => compressStream(chunksOf(new Uint8Array(1), [1]), { kind: 'gzip', level: 10 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: 'use a level from 0 to 9' }),
    );
  });
});

describe('a zstd stream', () => {
  it('has a frame for each block, with the size of its content', async () => {
    const output = await compressed(layerLike(2 * ZSTD_BLOCK + 1000), { kind: 'zstd', threads: 0 });
    expect(parseFrames(output)).toEqual(
      [ZSTD_BLOCK, ZSTD_BLOCK, 1000].map((size) => ({ size, checksum: isZstdBuiltIn() })),
    );
    expect(parseFrames(await compressed(new Uint8Array(0), { kind: 'zstd' }))).toHaveLength(1);
  });

  it('has levels 1 to 19, by default 3', async () => {
    const bytes = layerLike(300_000);
    const at = (level: number | null) => compressed(bytes, { kind: 'zstd', level });
    expect((await at(19)).length).toBeLessThan((await at(1)).length);
    expect(sha256(await decompressed(await at(19), 'zstd'))).toBe(sha256(bytes));
    expect((await at(null)).equals(await at(3))).toBe(true);
    expect(() => compressStream(chunksOf(bytes, [1]), { kind: 'zstd', level: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: 'use a level from 1 to 19' }),
    );
  });
});

describe('no compression', () => {
  it('yields the stream unchanged', async () => {
    const bytes = layerLike(1000);
    expect(await compressed(bytes, { kind: 'none' }, [7])).toEqual(Buffer.from(bytes));
  });

  it('has no level', () => {
    expect(() => compressStream(chunksOf(new Uint8Array(1), [1]), { kind: 'none', level: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
    );
  });
});

it.each([-1, 0.5, Number.NaN])('refuses %d threads', (threads) => {
  expect(() => compressStream(chunksOf(new Uint8Array(1), [1]), { kind: 'gzip', threads })).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
  );
});
