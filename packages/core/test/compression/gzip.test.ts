import { once } from 'node:events';
import { crc32, createGzip, deflateRawSync, gunzipSync } from 'node:zlib';
import { needs, needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipDecoder } from '../../src/compression/gzip-decoder.ts';
import { createInflater, NeedsPortableInflater, suitsZlibSync } from '../../src/compression/inflater.ts';
import { openNodeCodec } from '../../src/compression/node-codec.ts';
import { loadZlibSync } from '../../src/compression/zlib-sync-inflater.ts';
import { chunksOf, codeOf, concat, growth, gzip, inflateAll, made, sample, sha256 } from './support.ts';

const hasNative = loadZlibSync() !== null;
const ENGINES = hasNative ? (['portable', 'zlib-sync'] as const) : (['portable'] as const);
type Engine = 'auto' | 'portable' | 'zlib-sync';

const inflate = (data: Uint8Array, engine: Engine = 'portable', size = 65536) =>
  inflateAll(createInflater('gzip', { engine }), chunksOf(data, size));

/** Starts again with the portable engine where the first one requires it, as callers do. */
function inflateGuarded(data: Uint8Array, engine: Engine, size?: number): Uint8Array {
  try {
    return inflate(data, engine, size);
  } catch (error) {
    if (error instanceof NeedsPortableInflater) return inflate(data, 'portable', size);
    throw error;
  }
}

/** A member with every optional field. */
function member(data: Uint8Array, flags: number): Uint8Array {
  const text = (value: string) => new TextEncoder().encode(`${value}\0`);
  const head = concat(
    Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3),
    (flags & 4) !== 0 ? Uint8Array.of(5, 0, 1, 2, 3, 4, 5) : new Uint8Array(0),
    (flags & 8) !== 0 ? text('a name') : new Uint8Array(0),
    (flags & 16) !== 0 ? text('a comment') : new Uint8Array(0),
  );
  const headCrc = new Uint8Array(2);
  new DataView(headCrc.buffer).setUint16(0, crc32(head) & 0xffff, true);
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32(data), true);
  trailer.setUint32(4, data.length, true);
  const tail = new Uint8Array(trailer.buffer);
  return concat(head, (flags & 2) !== 0 ? headCrc : new Uint8Array(0), deflateRawSync(data), tail);
}

const data = sample(300_000);
const zipped = gzip(data);

describe.each(ENGINES)('gzip by %s', (engine) => {
  it('returns the original bytes, in any chunks', () => {
    const small = gzip(sample(3000));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 }), (sizes) => {
        let at = 0;
        const chunks = sizes.map((size) => {
          at += size;
          return small.subarray(at - size, at);
        });
        const output = inflateAll(createInflater('gzip', { engine }), [...chunks, small.subarray(at)]);
        expect(sha256(output)).toBe(sha256(sample(3000)));
      }),
    );
    for (const size of [1, 7, 4096, 65536, 1 << 20])
      expect(sha256(inflate(zipped, engine, size))).toBe(sha256(data));
  });

  for (const command of ['gzip', 'pigz'] as const)
    it(`reads the output of ${command}`, needs(command), () => {
      for (const level of ['-1', '-9']) {
        expect(sha256(inflate(made(command, [level, '-c'], data), engine))).toBe(sha256(data));
      }
    });

  it('reads every combination of header fields, byte by byte', () => {
    const body = sample(50);
    for (let flags = 0; flags < 32; flags++) {
      expect(inflate(member(body, flags), engine, 1), `flags ${flags}`).toEqual(body);
    }
  });

  it('refuses reserved flags, another method, a wrong header checksum, and other data', () => {
    const made = member(sample(50), 2);
    const changed = (at: number, value: number) => made.with(at, value);
    for (const bad of [changed(3, 0x20), changed(2, 7), changed(10, (made[10] ?? 0) ^ 1), changed(0, 0)]) {
      expect(codeOf(() => inflate(bad, engine))).toBe('ERR_LAYERS_GZIP_CORRUPT');
    }
  });

  it('reports data that ends anywhere as truncated', () => {
    const small = gzip(sample(400));
    for (let length = 0; length < small.length; length++) {
      const code = codeOf(() => inflate(small.subarray(0, length), engine, 64));
      expect(code, `${length} of ${small.length} bytes`).toBe('ERR_LAYERS_GZIP_TRUNCATED');
    }
  });

  it('detects every flipped bit after the header that changes the output', () => {
    const small = gzip(sample(300));
    for (let bit = 80; bit < small.length * 8; bit++) {
      const bad = small.slice();
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let output: Uint8Array | null = null;
      const code = codeOf(() => {
        output = inflateGuarded(bad, engine);
      });
      // The padding bits in the last byte of the deflate data have no meaning.
      if (code === null) expect(output).toEqual(sample(300));
      else expect(code, `bit ${bit}`).toMatch(/^ERR_LAYERS_GZIP_(CORRUPT|TRUNCATED|TRAILING)$/);
    }
  });

  it('reads several members, also empty ones and ones of equal length', () => {
    const parts = [sample(5000, 1), new Uint8Array(0), sample(5000, 2), sample(10, 3)];
    const joined = concat(...parts.map(gzip));
    for (const size of [1, 13, 65536]) {
      expect(sha256(inflateGuarded(joined, engine, size))).toBe(sha256(concat(...parts)));
    }
  });

  it('skips zeros after the end, and refuses other bytes', () => {
    const small = gzip(sample(400));
    const junk = (...bytes: number[]) => concat(small, Uint8Array.from(bytes));
    for (const size of [1, 5, 65536]) {
      expect(inflateGuarded(junk(...new Array(1000).fill(0)), engine, size)).toEqual(sample(400));
      for (const bad of [junk(1), junk(0, 0, 1), junk(0x1f, 0x8c, 0, 0), junk(0, 0x1f, 0x8b, 8)]) {
        expect(codeOf(() => inflateGuarded(bad, engine, size))).toBe('ERR_LAYERS_GZIP_TRAILING');
      }
    }
  });

  it('returns a bomb in small pieces within bounded memory', () => {
    const zeros = new Uint8Array(256 << 20);
    const bomb = gzip(zeros);
    let total = 0;
    const used = growth((look) => {
      const inflater = createInflater('gzip', { engine, checksum: false });
      const count = (bytes: Uint8Array) => {
        expect(bytes.length).toBeLessThanOrEqual(256 * 1024);
        total += bytes.length;
        look();
      };
      inflater.push(bomb, count);
      inflater.finish(count);
      inflater.close();
    });
    expect(total).toBe(zeros.length);
    expect(used).toBeLessThan(128 << 20);
  });
});

describe('gzip', () => {
  it('agrees with zlib on damaged data of two members, whatever is damaged', () => {
    const joined = concat(member(sample(200), 31), member(sample(100, 2), 0));
    fc.assert(
      fc.property(
        fc.nat(joined.length - 1),
        fc.nat(255),
        fc.integer({ min: 1, max: 99 }),
        (at, value, size) => {
          const bad = joined.with(at, value);
          let expected: string | null = null;
          try {
            expected = sha256(gunzipSync(bad));
          } catch {}
          const found = codeOf(() => {
            expect(sha256(inflate(bad, 'portable', size))).toBe(expected);
          });
          // zlib accepts one case that this decoder refuses: garbage after zeros.
          if (found !== 'ERR_LAYERS_GZIP_TRAILING') expect(found === null).toBe(expected !== null);
        },
      ),
      { numRuns: runs(300, 3_000) },
    );
  });

  it('gives the same result with _processChunk, which newer versions of Node use', () => {
    const decode = (bytes: Uint8Array, size: number) => {
      const codec = openNodeCodec('deflate', false);
      if (codec === null) throw new Error('no codec');
      const decoder = gzipDecoder(codec);
      const parts: Uint8Array[] = [];
      for (const chunk of chunksOf(bytes, size))
        for (const part of decoder.feed(chunk)) parts.push(part.slice());
      for (const part of decoder.finish()) parts.push(part.slice());
      decoder.close();
      return concat(...parts);
    };
    const joined = concat(zipped, gzip(sample(10)), new Uint8Array(20));
    for (const size of [1000, 4096, 1 << 20]) {
      expect(sha256(decode(joined, size))).toBe(sha256(concat(data, sample(10))));
    }
    expect(codeOf(() => decode(zipped.with(500, 0).fill(7, 600, 700), 4096))).toBe('ERR_LAYERS_GZIP_CORRUPT');
    expect(codeOf(() => decode(zipped.subarray(0, -1), 4096))).toBe('ERR_LAYERS_GZIP_TRUNCATED');
  });

  it('skips only the checksum of the output on request', () => {
    const crcAt = zipped.length - 8;
    const bad = zipped.with(crcAt, (zipped[crcAt] ?? 0) ^ 1);
    const unchecked = () =>
      inflateAll(createInflater('gzip', { engine: 'portable', checksum: false }), [bad]);
    expect(sha256(unchecked())).toBe(sha256(data));
    expect(codeOf(() => inflate(bad))).toBe('ERR_LAYERS_GZIP_CORRUPT');
    const long = zipped.with(crcAt + 4, (zipped[crcAt + 4] ?? 0) ^ 1);
    expect(codeOf(() => inflateAll(createInflater('gzip', { checksum: false }), [long]))).toBe(
      'ERR_LAYERS_GZIP_CORRUPT',
    );
  });

  it('reports the compressed byte at which garbage starts', () => {
    const bad = concat(zipped, Uint8Array.of(0, 0, 9));
    expect(() => inflate(bad, 'portable', 1000)).toThrow(
      expect.objectContaining({ offset: zipped.length + 2 }),
    );
  });

  it('passes on an error of the consumer', () => {
    const inflater = createInflater('gzip', { engine: 'portable' });
    const full = new RangeError('disk full');
    expect(() =>
      inflater.push(zipped, () => {
        throw full;
      }),
    ).toThrow(full);
    inflater.close();
    inflater.close();
  });

  it('can be closed by its consumer', () => {
    const inflater = createInflater('gzip', { engine: 'portable' });
    expect(() => inflater.push(zipped, () => inflater.close())).toThrow();
    expect(() => inflater.push(zipped, () => {})).toThrow();
  });

  it('reads streams that were flushed', async () => {
    const stream = createGzip();
    const parts: Uint8Array[] = [];
    stream.on('data', (bytes: Uint8Array) => parts.push(bytes));
    for (let n = 0; n < 20; n++) {
      stream.write(sample(50, n + 1));
      await new Promise<void>((done) => stream.flush(done));
    }
    stream.end();
    await once(stream, 'end');
    const expected = Array.from({ length: 20 }, (_, n) => sample(50, n + 1));
    for (const engine of ENGINES) expect(inflate(concat(...parts), engine, 3)).toEqual(concat(...expected));
  });

  it(
    'requires the portable engine for a second member, wherever the first one ends',
    needsThat(hasNative, 'zlib-sync is not installed'),
    () => {
      const twins = concat(gzip(sample(700, 1)), gzip(sample(700, 2)));
      for (let size = 1; size <= twins.length; size += 7) {
        expect(() => inflate(twins, 'zlib-sync', size)).toThrow(NeedsPortableInflater);
      }
    },
  );

  it('does not use the leaking engine for small blobs', () => {
    expect(suitsZlibSync(100_000)).toBe(false);
    expect(suitsZlibSync(100_000_000)).toBe(true);
  });
});
