import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { describe, expect, test } from 'vitest';
import { encodeIndex } from '../../../src/compression/indexed/index-format.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, concat, made, sample } from '../support.ts';
import { checkReads, indexOf, KIB, noise, text } from './support.ts';

const SPACINGS = [64 * KIB, 300 * KIB, 1024 * KIB, 4096 * KIB];

/** Data of all kinds, in parts of changing lengths: text, noise, zeros, and what was there before. */
function mixture(bytes: number): Uint8Array {
  const words = text(3000 * KIB);
  const random = noise(2000 * KIB);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; size < bytes; at++) {
    const length = 1000 + ((at * 7919) % (90 * KIB));
    const from = (at * 104_729) % (1900 * KIB);
    const kinds = [
      () => words.subarray(from, from + length),
      () => random.subarray(from, from + length),
      () => new Uint8Array(length),
      () => sample(length, at),
      () => parts[(at * 31) % Math.max(1, parts.length)] ?? new Uint8Array(1),
    ];
    const part = kinds[at % kinds.length]?.() ?? new Uint8Array(0);
    parts.push(part);
    size += part.length;
  }
  return concat(...parts);
}

const bytes = mixture(24_000 * KIB);
const parts = [...chunksOf(bytes, 700 * KIB)];

const WRITERS = [
  { writer: 'gzip -1', program: 'gzip', blob: () => made('gzip', ['-1'], bytes) },
  { writer: 'gzip -9', program: 'gzip', blob: () => made('gzip', ['-9'], bytes) },
  { writer: 'pigz', program: 'pigz', blob: () => made('pigz', ['-p', '4'], bytes) },
  {
    writer: 'pigz with independent blocks',
    program: 'pigz',
    blob: () => made('pigz', ['-i', '-b', '128'], bytes),
  },
  {
    writer: 'pigz -11',
    program: 'pigz',
    blob: () => made('pigz', ['-11', '-I', '1'], bytes.subarray(0, 2000 * KIB)),
  },
  {
    writer: 'gzip, many members',
    program: 'gzip',
    blob: () => concat(...parts.map((part) => made('gzip', [], part))),
  },
  { writer: 'zstd', program: 'zstd', blob: () => made('zstd', ['-3'], bytes) },
  {
    writer: 'zstd, many frames',
    program: 'zstd',
    blob: () => concat(...parts.map((part) => made('zstd', ['-5'], part))),
  },
] as const;

describe.each(WRITERS)('an index of the output of $writer', ({ writer, program, blob }) => {
  test('reads as the uncompressed bytes, at every spacing', needs(program), () => {
    const stored = blob();
    const all = writer === 'pigz -11' ? bytes.subarray(0, 2000 * KIB) : bytes;
    const compression = program === 'zstd' ? 'zstd' : 'gzip';
    for (const spacing of SPACINGS) {
      const index = indexOf(stored, compression, { spacing });
      expect(encodeIndex(index).length).toBeLessThan(all.length / 100 + 130 * KIB);
      const hasPoints = compression === 'gzip' || writer.endsWith('frames');
      const points = index.spans.filter((span) => span.point !== null).length;
      if (hasPoints) expect(points).toBeGreaterThan(Math.min(100, all.length / spacing) / 4);
      checkReads(inflatedSource(memorySource(stored), index), all, hasPoints ? runs(100, 5000) : 3);
    }
  });
});
