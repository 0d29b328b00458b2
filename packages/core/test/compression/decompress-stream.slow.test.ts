import { needs } from '@layers/testing/needs';
import { describe, expect, it } from 'vitest';
import { decompressStream } from '../../src/compression/decompress-stream.ts';
import type { Compression } from '../../src/compression/sniff.ts';
import { codeOfAsync, collect, concat, gzip, made, sample, sha256, streamOf } from './support.ts';

const decompress = (data: Uint8Array, compression: Compression, size?: number) =>
  collect(decompressStream(streamOf(data, size), compression));

/** The output of `printf layers | bzip2`, and of xz, for machines without these tools. */
const hex = (value: string) => new Uint8Array(Buffer.from(value, 'hex'));
const BZIP2 = hex('425a68393141592653591a5cd0f3000001018022041820200030c00861a30a185dc914e14240697343cc');
const XZ = hex(
  'fd377a585a000004e6d6b4460200210116000000742fe5a30100056c6179657273000000dc5faf3844e6d46600011e06c12fa41d1fb6f37d010000000004595a',
);
const LAYERS = new TextEncoder().encode('layers');

const data = sample(1_200_000);
const KINDS = [
  { kind: 'gzip', code: 'GZIP', args: [['-1'], ['-9']] },
  { kind: 'zstd', code: 'ZSTD', args: [['-1'], ['-19']] },
  { kind: 'xz', code: 'XZ', args: [['-0'], ['-6', '-T2', '--block-size=200000'], ['-3', '--check=none']] },
  { kind: 'bzip2', code: 'BZIP2', args: [['-1'], ['-9']] },
] as const;

describe.each(KINDS)('decompressStream on $kind', { timeout: 60_000 }, ({ kind, code, args }) => {
  const pack = (bytes: Uint8Array, options: readonly string[] = []) => made(kind, ['-c', ...options], bytes);

  it('reads the output of the tool, in any chunks', needs(kind), async () => {
    for (const options of args) {
      const compressed = pack(data, options);
      for (const size of [1000, 65536, 1 << 24]) {
        expect(sha256(await decompress(compressed, kind, size)), options.join()).toBe(sha256(data));
      }
    }
    const small = pack(sample(2000));
    for (const size of [1, 3, 11]) expect(await decompress(small, kind, size)).toEqual(sample(2000));
  });

  it('reads empty data, bytes of every value and runs of every length', needs(kind), async () => {
    const runs = concat(...Array.from({ length: 300 }, (_, n) => new Uint8Array(n + 1).fill(n)));
    for (const input of [new Uint8Array(0), runs, Uint8Array.from({ length: 256 }, (_, n) => n)]) {
      expect(await decompress(pack(input), kind)).toEqual(input);
    }
  });

  it('reads concatenated streams', needs(kind), async () => {
    const parts = [sample(3000, 1), new Uint8Array(0), sample(100, 2)];
    const joined = concat(...parts.map((part) => pack(part)));
    for (const size of [1, 50, 65536]) expect(await decompress(joined, kind, size)).toEqual(concat(...parts));
  });

  it('reports data that ends anywhere as truncated', needs(kind), async () => {
    const compressed = pack(sample(200));
    for (let length = 0; length < compressed.length; length++) {
      const found = await codeOfAsync(() => decompress(compressed.subarray(0, length), kind));
      expect(found, `${length} of ${compressed.length}`).toBe(`ERR_LAYERS_${code}_TRUNCATED`);
    }
  });

  it('refuses damaged data, other data, and data after the end', needs(kind), async () => {
    const compressed = pack(sample(2000));
    const wrong = new RegExp(
      `^ERR_LAYERS_${code}_(CORRUPT|TRUNCATED|TRAILING|WINDOW|DICTIONARY|UNSUPPORTED)$`,
    );
    expect(await codeOfAsync(() => decompress(sample(2000), kind))).toBe(`ERR_LAYERS_${code}_CORRUPT`);
    const behind = concat(compressed, new TextEncoder().encode('this is not part of it'));
    expect(await codeOfAsync(() => decompress(behind, kind))).toMatch(wrong);
    for (let at = 12; at < compressed.length; at += 11) {
      const bad = compressed.with(at, (compressed[at] ?? 0) ^ 0x10);
      let same = false;
      const found = await codeOfAsync(async () => {
        same = sha256(await decompress(bad, kind, 300)) === sha256(sample(2000));
      });
      // fzstd does not verify checksums, so damage may change the output only.
      if (found !== null) expect(found).toMatch(wrong);
      else if (kind !== 'zstd') expect(same).toBe(true);
    }
  });

  it('returns a bomb on demand, within bounded memory', needs(kind), async () => {
    const zeros = new Uint8Array(144 << 20);
    const bomb = pack(zeros, kind === 'zstd' ? ['-q'] : []);
    const before = process.memoryUsage.rss();
    let most = 0;
    let total = 0;
    for await (const bytes of decompressStream(streamOf(bomb, 1 << 24), kind)) {
      expect(bytes.length).toBeLessThanOrEqual(256 * 1024);
      total += bytes.length;
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
    expect(total).toBe(zeros.length);
    expect(most).toBeLessThan(120 << 20);
  });

  it('closes its source when the loop ends early', needs(kind), async () => {
    let closed = false;
    async function* source() {
      try {
        yield* streamOf(pack(data), 1000);
      } finally {
        closed = true;
      }
    }
    for await (const _ of decompressStream(source(), kind)) break;
    expect(closed).toBe(true);
  });
});

describe('decompressStream', () => {
  it('reads every format without a tool', async () => {
    expect(await decompress(gzip(LAYERS), 'gzip')).toEqual(LAYERS);
    expect(await decompress(BZIP2, 'bzip2', 1)).toEqual(LAYERS);
    expect(await decompress(XZ, 'xz', 1)).toEqual(LAYERS);
  });

  it('reads xz with valid padding, and refuses other padding', async () => {
    const padded = concat(XZ, new Uint8Array(4), XZ, new Uint8Array(8));
    for (const size of [1, 4096])
      expect(await decompress(padded, 'xz', size)).toEqual(concat(LAYERS, LAYERS));
    expect(await codeOfAsync(() => decompress(concat(XZ, new Uint8Array(3)), 'xz'))).toMatch(
      /^ERR_LAYERS_XZ_/,
    );
  });

  it('reads two xz streams in turns', needs('xz'), async () => {
    const compressed = made('xz', ['-c'], data);
    const [left, right] = [1, 2].map(() => decompressStream(streamOf(compressed, 5000), 'xz'));
    if (left === undefined || right === undefined) throw new Error('no streams');
    const parts: Uint8Array[] = [];
    for (;;) {
      const [one, two] = [await left.next(), await right.next()];
      expect(one.done).toBe(two.done);
      if (one.done === true || two.done === true) break;
      expect(sha256(one.value)).toBe(sha256(two.value));
      parts.push(one.value.slice());
    }
    expect(sha256(concat(...parts))).toBe(sha256(data));
  });

  it('reports features of xz that are not supported', needs('xz'), async () => {
    for (const option of ['--check=sha256', '--lzma2=dict=512MiB']) {
      const compressed = made('xz', ['-c', option], sample(100));
      expect(await codeOfAsync(() => decompress(compressed, 'xz'))).toBe('ERR_LAYERS_XZ_UNSUPPORTED');
    }
  });
});
