import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressStream } from '../../src/compress/compress-stream.ts';
import { isZstdBuiltIn } from '../../src/compress/zstd-block.ts';
import { collect, compressed, cut, decompressed, layerLike, MIB, noise, piped } from './support.ts';

const GZIP_BLOCK = 1024 * 1024;
const ZSTD_BLOCK = isZstdBuiltIn() ? 4 * MIB : MIB;
/** More than what is compressed without threads. */
const THREADED = 4 * MIB + 300_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const kinds = ['gzip', 'zstd'] as const;

/** Frames of zstd data, by walking its blocks (RFC 8878, 3.1.1), with what their headers say. */
function frames(bytes: Uint8Array): { size: number | null; checksum: boolean }[] {
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
  /** Levels from 6 on are slow enough that zstd takes threads soon. */
  const quick = kind === 'gzip' ? 1 : 6;

  it.each([0, 1, block - 1, block, block + 1, 2 * block, 2 * block + 17])(
    'gives back %i bytes',
    async (length) => {
      const bytes = layerLike(length);
      const packed = await compressed(bytes, { kind, threads: 0 });
      expect(sha256(await decompressed(packed, kind))).toBe(sha256(bytes));
    },
  );

  it('gives the same bytes with any number of threads, and again', async () => {
    const bytes = layerLike(THREADED);
    const expected = sha256(await compressed(bytes, { kind, level: quick, threads: 0 }));
    for (const threads of [1, 2, 4, 2]) {
      expect(sha256(await compressed(bytes, { kind, level: quick, threads }))).toBe(expected);
    }
    const usual = await compressed(bytes, { kind, level: quick });
    expect(sha256(usual)).toBe(expected);
    expect(sha256(await decompressed(usual, kind))).toBe(sha256(bytes));
  });

  it('gives the same bytes however the input is cut', async () => {
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
          const digest = sha256(await compressed(bytes, { kind, level: quick, threads }, sizes));
          if (!expected.has(length)) {
            expected.set(length, sha256(await compressed(bytes, { kind, level: quick, threads: 0 })));
          }
          expect(digest).toBe(expected.get(length));
        },
      ),
      { numRuns: runs(10, 300) },
    );
  });

  it('takes empty chunks', async () => {
    async function* source() {
      yield new Uint8Array(0);
      yield Uint8Array.of(1, 2, 3);
      yield new Uint8Array(0);
    }
    const packed = await collect(compressStream(source(), { kind }));
    expect([...(await decompressed(packed, kind))]).toEqual([1, 2, 3]);
  });

  it('makes incompressible bytes hardly longer', async () => {
    const bytes = noise(2 * block + 5);
    for (const level of kind === 'gzip' ? [0, 1, 9] : [1, 3]) {
      const packed = await compressed(bytes, { kind, level, threads: 2 });
      expect(packed.length).toBeLessThan(bytes.length * 1.001 + 1000);
      expect(sha256(await decompressed(packed, kind))).toBe(sha256(bytes));
    }
  });

  const tools = kind === 'gzip' ? (['gzip', 'pigz'] as const) : (['zstd'] as const);
  for (const tool of tools) {
    it(`is decompressed by ${tool} to the same bytes`, needs(tool), async () => {
      const bytes = layerLike(2 * block + 12_345);
      for (const input of [bytes, bytes.subarray(0, 100), bytes.subarray(0, 0)]) {
        const packed = await compressed(input, { kind, level: 1, threads: 2 });
        piped(tool, ['-t'], packed);
        expect(sha256(piped(tool, ['-dc'], packed))).toBe(sha256(input));
      }
    });
  }

  it.each([-1, 3.5, 20, Number.NaN, Number.POSITIVE_INFINITY])('refuses level %d', (level) => {
    expect(() => compressStream(cut(new Uint8Array(1), [1]), { kind, level })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
    );
  });
});

describe('gzip members', () => {
  it('are one, without name, time and system', async () => {
    const bytes = layerLike(3 * GZIP_BLOCK + 1);
    const packed = await compressed(bytes, { kind: 'gzip', threads: 0 });
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    // Fails where the deflate stream ends before the trailer.
    expect(sha256(inflateRawSync(packed.subarray(10, -8)))).toBe(sha256(bytes));
    expect(sha256(gunzipSync(packed))).toBe(sha256(bytes));
  });

  it('see what went before a block, in threads too', async () => {
    const once = noise(20_000);
    const bytes = Buffer.concat([noise(GZIP_BLOCK - 20_000), once, once, noise(5 * MIB)]);
    for (const threads of [0, 2]) {
      const packed = await compressed(bytes, { kind: 'gzip', threads });
      expect(packed.length).toBeLessThan(bytes.length - 15_000);
    }
  });

  it('have every level, the usual one being 6', async () => {
    const bytes = layerLike(300_000);
    const sizes = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (level) => {
        const packed = await compressed(bytes, { kind: 'gzip', level });
        expect(sha256(gunzipSync(packed))).toBe(sha256(bytes));
        return packed.length;
      }),
    );
    expect(sizes[0]).toBeGreaterThan(bytes.length);
    expect(sizes[9]).toBeLessThan(sizes[1] ?? 0);
    const usual = await compressed(bytes, { kind: 'gzip', level: null });
    expect(usual.equals(await compressed(bytes, { kind: 'gzip', level: 6 }))).toBe(true);
  });

  it('refuse level 10', () => {
    expect(() => compressStream(cut(new Uint8Array(1), [1]), { kind: 'gzip', level: 10 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: 'its levels are 0 to 9' }),
    );
  });
});

describe('zstd frames', () => {
  it('are one a block, and say how much is in them', async () => {
    const packed = await compressed(layerLike(2 * ZSTD_BLOCK + 1000), { kind: 'zstd', threads: 0 });
    expect(frames(packed)).toEqual(
      [ZSTD_BLOCK, ZSTD_BLOCK, 1000].map((size) => ({ size, checksum: isZstdBuiltIn() })),
    );
    expect(frames(await compressed(new Uint8Array(0), { kind: 'zstd' }))).toHaveLength(1);
  });

  it('have levels 1 to 19, the usual one being 3', async () => {
    const bytes = layerLike(300_000);
    const at = (level: number | null) => compressed(bytes, { kind: 'zstd', level });
    expect((await at(19)).length).toBeLessThan((await at(1)).length);
    expect(sha256(await decompressed(await at(19), 'zstd'))).toBe(sha256(bytes));
    expect((await at(null)).equals(await at(3))).toBe(true);
    expect(() => compressStream(cut(bytes, [1]), { kind: 'zstd', level: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: 'its levels are 1 to 19' }),
    );
  });
});

describe('no compression', () => {
  it('gives the stream itself', async () => {
    const bytes = layerLike(1000);
    expect(await compressed(bytes, { kind: 'none' }, [7])).toEqual(Buffer.from(bytes));
  });

  it('has no level', () => {
    expect(() => compressStream(cut(new Uint8Array(1), [1]), { kind: 'none', level: 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
    );
  });
});

it.each([-1, 0.5, Number.NaN])('refuses %d threads', (threads) => {
  expect(() => compressStream(cut(new Uint8Array(1), [1]), { kind: 'gzip', threads })).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
  );
});
