import * as zlib from 'node:zlib';
import { isInstalled, needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoder } from '../../src/compression/decoder.ts';
import { createInflater } from '../../src/compression/inflater.ts';
import { openNodeCodec } from '../../src/compression/node-codec.ts';
import { portableZstdDecoder } from '../../src/compression/portable-zstd-decoder.ts';
import { nativeZstdDecoder } from '../../src/compression/zstd-decoder.ts';
import { chunksOf, codeOf, concat, growth, inflateAll, made, sample, sha256 } from './support.ts';

function codec(viaHandle?: boolean) {
  const found = openNodeCodec('zstd', viaHandle);
  if (found === null) throw new Error('this Node has no zstd');
  return found;
}

const native = 'createZstdDecompress' in zlib;
type Listener = (position: number) => void;
const DECODERS: [string, (onFrame?: Listener) => Decoder][] = [['fzstd', portableZstdDecoder]];
if (native) {
  DECODERS.push(['node:zlib', (onFrame) => nativeZstdDecoder(codec(true), onFrame)]);
  DECODERS.push(['node:zlib/processChunk', (onFrame) => nativeZstdDecoder(codec(false), onFrame)]);
}

function decode(decoder: Decoder, data: Uint8Array, size = 65536): Uint8Array {
  const parts: Uint8Array[] = [];
  try {
    for (const chunk of chunksOf(data, size)) {
      const reused = Buffer.from(chunk);
      for (const piece of decoder.feed(reused)) parts.push(piece.slice());
      reused.fill(0xee);
    }
    for (const piece of decoder.finish()) parts.push(piece.slice());
  } finally {
    decoder.close();
  }
  return concat(...parts);
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const bytes = (...values: number[]) => Uint8Array.from(values);
const skippable = (length: number) =>
  concat(bytes(0x53, 0x2a, 0x4d, 0x18, length, 0, 0, 0), new Uint8Array(length));
/** A block header: type 0 is raw, 1 is one byte repeated. */
const block = (type: number, size: number, last = false) => {
  const value = (size << 3) | (type << 1) | (last ? 1 : 0);
  return bytes(value & 255, (value >> 8) & 255, value >> 16);
};
const text = new TextEncoder().encode('layers');
const raw = (data: Uint8Array) =>
  concat(bytes(...MAGIC, 0x20, data.length), block(0, data.length, true), data);
const hasZstd = isInstalled('zstd');
/** A compressed frame where this machine can make one, else a raw one. */
const fine = hasZstd ? made('zstd', ['-q', '-c', '-19'], sample(3000)) : raw(sample(255));
const data = sample(300_000);

describe.each(DECODERS)('zstd by %s', { timeout: 60_000 }, (engine, open) => {
  it('names its engine', () => {
    expect(open().engine).toBe(engine);
  });

  it('reads frames, empty ones and skippable ones, in any chunks', () => {
    const joined = concat(
      skippable(3),
      raw(text),
      raw(new Uint8Array(0)),
      skippable(0),
      raw(text),
      skippable(20),
    );
    for (const size of [1, 2, 5, 17, 1000]) {
      expect(decode(open(), joined, size)).toEqual(concat(text, text));
      expect(decode(open(), raw(text), size)).toEqual(text);
      expect(decode(open(), concat(skippable(2), raw(text)), size)).toEqual(text);
    }
  });

  it('says where frames start when all output before them was yielded, in any chunks', () => {
    // fzstd holds back the first bytes of a frame.
    const contents = [30, 1, 0, 2, 200, 3, 250, 17, 18, 19, 255].map((bytes) => sample(bytes));
    const data = concat(...contents.map((content) => raw(content)));
    const starts = new Map<number, number>();
    let [stored, position] = [0, 0];
    for (const content of contents) {
      starts.set(stored, position);
      stored += raw(content).length;
      position += content.length;
    }
    for (const size of [1, 7, 512, 65536]) {
      let produced = 0;
      const found = new Map<number, number>();
      const decoder = open((at) => found.set(at, produced));
      const count = (pieces: Iterable<Uint8Array>) => {
        for (const piece of pieces) produced += piece.length;
      };
      for (const chunk of chunksOf(data, size)) count(decoder.feed(chunk));
      count(decoder.finish());
      decoder.close();
      expect(produced).toBe(position);
      for (const [at, before] of found) expect(before).toBe(starts.get(at));
      expect(found.size).toBeGreaterThanOrEqual(engine === 'fzstd' ? 6 : contents.length);
    }
  });

  it('reads the output of zstd, in any chunks', needs('zstd'), () => {
    const options = [['-1'], ['-19'], ['-12'], ['--no-check'], ['-3', '-B10000', '-T2'], ['--fast=5']];
    for (const option of options) {
      const compressed = made('zstd', ['-q', '-c', ...option], data);
      for (const size of [97, 65536, 1 << 20]) {
        expect(sha256(decode(open(), compressed, size)), option.join()).toBe(sha256(data));
      }
    }
    const small = made('zstd', ['-q', '-c'], data.subarray(0, 3000));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (size) => {
        expect(sha256(decode(open(), small, size))).toBe(sha256(data.subarray(0, 3000)));
      }),
      { numRuns: runs(50, 500) },
    );
  });

  it('reads frames without a content size and with large windows', needs('zstd'), () => {
    const long = made('zstd', ['-q', '-c', '--long=24'], sample(2_000_000));
    expect(sha256(decode(open(), long))).toBe(sha256(sample(2_000_000)));
  });

  it('reads windows of 128 MiB with the zstd of Node, and refuses them otherwise', needs('zstd'), () => {
    const compressed = made('zstd', ['-q', '-c', '--long=27'], text);
    const code = codeOf(() => expect(decode(open(), compressed)).toEqual(text));
    expect(code).toBe(engine === 'fzstd' ? 'ERR_LAYERS_ZSTD_WINDOW' : null);
  });

  it('reports data that ends inside a frame as truncated', () => {
    const joined = concat(skippable(3), raw(text), raw(text));
    const whole = [11, 11 + raw(text).length];
    for (let length = 0; length < joined.length; length++) {
      const expected = whole.includes(length) ? null : 'ERR_LAYERS_ZSTD_TRUNCATED';
      expect(
        codeOf(() => decode(open(), joined.subarray(0, length))),
        `${length}`,
      ).toBe(expected);
    }
  });

  it('reports real data that ends anywhere as truncated', needs('zstd'), () => {
    const compressed = made('zstd', ['-q', '-c'], sample(500));
    for (let length = 0; length < compressed.length; length++) {
      expect(codeOf(() => decode(open(), compressed.subarray(0, length)))).toBe('ERR_LAYERS_ZSTD_TRUNCATED');
    }
  });

  it('refuses other data, also after the end', () => {
    expect(codeOf(() => decode(open(), text))).toBe('ERR_LAYERS_ZSTD_CORRUPT');
    expect(codeOf(() => decode(open(), concat(raw(text), text)))).toBe('ERR_LAYERS_ZSTD_TRAILING');
    expect(codeOf(() => decode(open(), concat(raw(text), new Uint8Array(8)), 1))).toBe(
      'ERR_LAYERS_ZSTD_TRAILING',
    );
  });

  it('reads many small frames, each with a large window', () => {
    // The frames of zstd:chunked by podman: a block with the content of a file, then an empty one.
    const content = sample(300);
    const one = concat(bytes(...MAGIC, 0x00, 0x68), block(0, content.length), content, block(0, 0, true));
    const count = 3000;
    const joined = concat(...Array.from({ length: count }, () => one));
    const all = concat(...Array.from({ length: count }, () => content));
    expect(sha256(decode(open(), joined))).toBe(sha256(all));
  });

  it('does not allocate a declared window or content size before it has the bytes', () => {
    const huge = concat(bytes(...MAGIC, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10), block(1, 1000, true), bytes(0));
    const window = concat(bytes(...MAGIC, 0x00, 0xf8), block(1, 1000, true), bytes(0));
    for (const bad of [huge, window]) {
      const used = growth((look) => {
        expect(codeOf(() => decode(open(), bad))).toBe('ERR_LAYERS_ZSTD_WINDOW');
        look();
      });
      // The declared size is a thousand times as large.
      expect(used).toBeLessThan(128 << 20);
    }
  });

  it('reports that a frame requires a dictionary', () => {
    const bad = concat(bytes(...MAGIC, 0x21, 7, 6), block(0, 6, true), text);
    expect(codeOf(() => decode(open(), bad))).toBe('ERR_LAYERS_ZSTD_DICTIONARY');
  });

  it('refuses blocks that the format does not allow', () => {
    const head = bytes(...MAGIC, 0x00, 0x58);
    expect(codeOf(() => decode(open(), concat(head, block(3, 1, true), text)))).toBe(
      'ERR_LAYERS_ZSTD_CORRUPT',
    );
    expect(codeOf(() => decode(open(), concat(head, block(1, 2 ** 20, true), bytes(0))))).toBe(
      'ERR_LAYERS_ZSTD_CORRUPT',
    );
  });

  it('returns a bomb in small pieces within bounded memory', () => {
    const repeated = concat(block(1, 128 * 1024), bytes(0));
    const bomb = concat(bytes(...MAGIC, 0x00, 0x58), ...new Array(4096).fill(repeated), block(0, 0, true));
    let total = 0;
    const used = growth((look) => {
      const decoder = open();
      for (const piece of decoder.feed(bomb)) {
        expect(piece.length).toBeLessThanOrEqual(256 * 1024);
        total += piece.length;
        look();
      }
      for (const piece of decoder.finish()) total += piece.length;
      decoder.close();
    });
    expect(total).toBe(4096 * 128 * 1024);
    expect(used).toBeLessThan(256 << 20);
  });

  it('reports the same error for damaged data in any chunks', () => {
    const compressed = concat(raw(text), skippable(5), fine, raw(sample(200)));
    const outcome = (data: Uint8Array, size: number): string => {
      try {
        return sha256(decode(open(), data, size));
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(fc.nat(compressed.length - 1), fc.nat(7), fc.nat(20), (at, bit, cut) => {
        const bad = compressed
          .with(at, (compressed[at] ?? 0) ^ (1 << bit))
          .subarray(0, compressed.length - (cut < 5 ? cut : 0));
        const whole = outcome(bad, 65536);
        for (const size of [1, 3, 50, 512]) expect(outcome(bad, size)).toBe(whole);
      }),
      { numRuns: runs(150, 1_500) },
    );
  });

  it('gives an output or a LayersError for any damage', needs('zstd'), () => {
    const compressed = made('zstd', ['-q', '-c', '-5'], sample(2000));
    fc.assert(
      fc.property(fc.nat(compressed.length - 1), fc.nat(255), (at, value) => {
        const code = codeOf(() => {
          const output = decode(open(), compressed.with(at, value), 100);
          // fzstd does not verify checksums; callers verify digests.
          if (engine !== 'fzstd') expect(sha256(output)).toBe(sha256(sample(2000)));
        });
        if (code !== null) expect(code).toMatch(/^ERR_LAYERS_ZSTD_/);
      }),
      { numRuns: runs(300, 3_000) },
    );
  });
});

describe('zstd', () => {
  it('uses the zstd of Node where it exists', () => {
    const inflater = createInflater('zstd');
    expect(inflater.engine).toBe(native ? 'node:zlib' : 'fzstd');
    expect(inflateAll(inflater, [raw(text)])).toEqual(text);
  });
});
