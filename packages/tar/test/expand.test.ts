import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { needs } from '@layers/testing/needs';
import { bytesOf, join } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { TarEntry } from '../src/entry.ts';
import { createSparseExpander, type ExpandableEntry, expandSparse } from '../src/expand.ts';
import { memory, walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { makeSparse, temporaryFolder } from './support/tree.ts';

const PIECE = 64 * 1024;

function pulled(entry: ExpandableEntry, tar: Uint8Array): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of expandSparse(entry, memory(tar).read)) {
    expect(piece.length).toBeGreaterThan(0);
    expect(piece.length).toBeLessThanOrEqual(PIECE);
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

function pushed(entry: ExpandableEntry, stored: Uint8Array, lengths: readonly number[]): Buffer {
  const pieces: Buffer[] = [];
  const expander = createSparseExpander(entry, (bytes) => pieces.push(Buffer.from(bytes)));
  for (let at = 0, i = 0; at < stored.length; i++) {
    const length = Math.max(1, lengths[i % lengths.length] ?? 1);
    const piece = Buffer.from(stored.subarray(at, at + length));
    expander.write(piece);
    piece.fill(0xa5);
    at += length;
  }
  expander.end();
  return Buffer.concat(pieces);
}

function storedOf(entry: ExpandableEntry, tar: Uint8Array): Uint8Array {
  return tar.subarray(entry.dataOffset, entry.dataOffset + entry.storedSize);
}

function only(entries: readonly TarEntry[]): TarEntry {
  const entry = entries[0];
  if (entry === undefined || entries.length !== 1) throw new Error(`${entries.length} entries`);
  return entry;
}

const LAYOUTS: readonly (readonly [string, number, readonly number[]])[] = [
  ['no data at all', 1 << 20, []],
  ['data at the start only', 1 << 20, [0]],
  ['data at the end only', 1 << 20, [(1 << 20) - 20]],
  ['an odd size', 300_001, [0, 70_000, 299_900]],
  ['4 extents', 1 << 20, [0, 100_000, 200_000, 300_000]],
  ['5 extents', 1 << 20, [0, 100_000, 200_000, 300_000, 400_000]],
  ['300 extents', 8 << 20, Array.from({ length: 300 }, (_, i) => i * 20_000 + 5)],
];

const KINDS: readonly (readonly [string, readonly string[], string])[] = [
  ['gnu', ['--format=gnu'], 'gnu'],
  ['PAX 0.0', ['--format=posix', '--sparse-version=0.0'], 'pax-0.0'],
  ['PAX 0.1', ['--format=posix', '--sparse-version=0.1'], 'pax-0.1'],
  ['PAX 1.0', ['--format=posix', '--sparse-version=1.0'], 'pax-1.0'],
];

describe('a sparse file', () => {
  const temporary = temporaryFolder();
  afterAll(temporary.remove);

  describe.each(KINDS)('written by GNU tar as %s', needs('tar'), (_, options, form) => {
    it.each(LAYOUTS)('with %s has its original bytes from both expanders', (_layout, size, offsets) => {
      const original = makeSparse(joinPath(temporary.path, 'sparse'), size, offsets);
      const args = [
        ...options,
        '--sparse',
        '--hole-detection=raw',
        '-C',
        temporary.path,
        '-cf',
        '-',
        'sparse',
      ];
      const tar = new Uint8Array(run('tar', args));
      const { entries, error, warnings } = walk(tar);
      expect(error).toBeNull();
      expect(warnings).toEqual([]);
      const entry = only(entries);
      expect(Buffer.from(entry.path).toString()).toBe('sparse');
      expect(entry.sparse?.form).toBe(form);
      expect(entry.size).toBe(original.length);
      expect(pulled(entry, tar).equals(original)).toBe(true);
      for (const lengths of [[1 << 20], [511], [1, 700, 13]])
        expect(pushed(entry, storedOf(entry, tar), lengths).equals(original)).toBe(true);
    });

    it('has the bytes that GNU tar extracts, as has a plain file', () => {
      makeSparse(joinPath(temporary.path, 'sparse'), 500_000, [7, 250_000]);
      const args = [
        ...options,
        '--sparse',
        '--hole-detection=raw',
        '-C',
        temporary.path,
        '-cf',
        '-',
        'sparse',
      ];
      const tar = new Uint8Array(run('tar', args));
      expect(pulled(only(walk(tar).entries), tar).equals(run('tar', ['-xOf', '-'], tar))).toBe(true);
    });
  });

  it('written by bsdtar by default has its original bytes', needs('bsdtar'), (context) => {
    const path = joinPath(temporary.path, 'sparse');
    const original = makeSparse(path, 4 << 20, [0, 1 << 20, 3 << 20]);
    const blocks = execFileSync('stat', ['-c', '%b', path], { encoding: 'utf8' });
    if (Number(blocks) * 512 >= original.length) {
      context.skip('the temporary directory does not support sparse files');
    }
    const tar = new Uint8Array(run('bsdtar', ['--format=pax', '-C', temporary.path, '-cf', '-', 'sparse']));
    const entry = only(walk(tar).entries);
    expect(entry.sparse?.form).toBe('pax-1.0');
    expect(Buffer.from(entry.path).toString()).toBe('sparse');
    expect(pulled(entry, tar).equals(readFileSync(path))).toBe(true);
  });

  it('that is not sparse has its stored bytes', () => {
    const data = new Uint8Array(200_000).map((_, i) => i % 251);
    const entry = { size: data.length, storedSize: data.length, dataOffset: 512, sparse: null };
    const tar = join(new Uint8Array(512), data);
    expect(pulled(entry, tar).equals(Buffer.from(data))).toBe(true);
    expect(pushed(entry, data, [999]).equals(Buffer.from(data))).toBe(true);
    expect(pulled({ ...entry, size: 0, storedSize: 0 }, tar)).toHaveLength(0);
  });

  it('with any map has the bytes of a naive model', () => {
    const run = fc.record({ gap: fc.nat(2000), bytes: fc.nat(1500) });
    const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 40 }),
        fc.nat(3000),
        fc.boolean(),
        cuts,
        (runs, tail, inHead, lengths) => {
          let size = 0;
          const extents = runs.map(({ gap, bytes }) => {
            const offset = size + gap;
            size = offset + bytes;
            return { offset, bytes };
          });
          size += tail;
          const model = Buffer.alloc(size);
          const parts: Uint8Array[] = [];
          extents.forEach(({ offset, bytes }, i) => {
            model.fill(i + 1, offset, offset + bytes);
            parts.push(new Uint8Array(bytes).fill(i + 1));
          });
          const map = Buffer.from(
            [extents.length, ...extents.flatMap((e) => [e.offset, e.bytes])].map((n) => `${n}\n`).join(''),
          );
          const head = inHead
            ? join(map, new Uint8Array((512 - (map.length % 512)) % 512))
            : new Uint8Array(0);
          const stored = join(head, ...parts);
          const sparse = inHead
            ? { form: 'pax-1.0' as const, extents: null }
            : { form: 'gnu' as const, extents };
          const entry = { size, storedSize: stored.length, dataOffset: 100, sparse };
          expect(pulled(entry, join(new Uint8Array(100), stored)).equals(model)).toBe(true);
          expect(pushed(entry, stored, lengths).equals(model)).toBe(true);
        },
      ),
    );
  });
});

describe('createSparseExpander with a map of version 1.0', () => {
  it('accepts a map whose padding arrives later', () => {
    const count = 80;
    const numbers = Array.from({ length: count }, (_, i) => [100_000 + i * 10, 3]).flat();
    const map = bytesOf([count, ...numbers].map((n) => `${n}\n`).join(''));
    const padding = new Uint8Array(512 - (map.length % 512));
    const stored = join(map, padding, new Uint8Array(3 * count).fill(7));
    const sparse = { form: 'pax-1.0' as const, extents: null };
    const entry = { size: 200_000, storedSize: stored.length, dataOffset: 0, sparse };
    const model = Buffer.alloc(200_000);
    for (let i = 0; i < count; i++) model.fill(7, 100_000 + i * 10, 100_003 + i * 10);
    expect(padding.length).toBeGreaterThan(10);
    expect(pulled(entry, stored).equals(model)).toBe(true);
    // One piece ends right after the last number; small ones bring the padding.
    expect(pushed(entry, stored, [map.length, 3, 5]).equals(model)).toBe(true);
  });
});

describe('an invalid sparse file', () => {
  const entry = (stored: string, size: number): ExpandableEntry => ({
    size,
    storedSize: stored.length,
    dataOffset: 0,
    sparse: { form: 'pax-1.0', extents: null },
  });

  it.each([
    ['is truncated', '3\n0\n5\n', 100],
    ['is empty', '', 100],
    ['states a count that it does not have', `1000000\n${'0\n0\n'.repeat(200)}`, 100],
    ['states more extents than the limit', `9999999\n${'0\n0\n'.repeat(200)}`, 100],
    ['is no map', 'x'.repeat(600), 100],
    ['maps more than is stored', `1\n0\n50\n${'\0'.repeat(504)}abc`, 100],
    ['maps less than is stored', `1\n0\n1\n${'\0'.repeat(506)}abc`, 100],
    ['takes all that is stored and more', '1\n0\n0\n', 100],
    ['overlaps', `2\n0\n2\n1\n1\n${'\0'.repeat(502)}abc`, 100],
    ['ends beyond the file', `1\n99\n3\n${'\0'.repeat(505)}abc`, 100],
  ])('is refused where its map %s', (_, stored, size) => {
    const bytes = bytesOf(stored);
    const bad = expect.objectContaining({ code: 'ERR_LAYERS_TAR_SPARSE' });
    expect(() => pulled(entry(stored, size), bytes)).toThrow(bad);
    for (const lengths of [[1], [100_000]])
      expect(() => pushed(entry(stored, size), bytes, lengths)).toThrow(bad);
  });

  it('is an error where the stored bytes end too early', () => {
    const short = { size: 100, storedSize: 100, dataOffset: 512, sparse: null };
    const cut = expect.objectContaining({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset: 512 });
    expect(() => pulled(short, new Uint8Array(600))).toThrow(cut);
    expect(() => pushed(short, new Uint8Array(99), [10])).toThrow(cut);
  });

  it('is a RangeError for the caller that writes too many bytes', () => {
    const plain = { size: 5, storedSize: 5, dataOffset: 0, sparse: null };
    expect(() => pushed(plain, new Uint8Array(6), [6])).toThrow(RangeError);
  });

  it('can be read in part, whatever its size is', () => {
    const huge = {
      size: 2 ** 53 - 1,
      storedSize: 0,
      dataOffset: 0,
      sparse: { form: 'gnu' as const, extents: [] },
    };
    let taken = 0;
    for (const piece of expandSparse(huge, () => 0)) {
      taken += piece.length;
      if (taken >= 10 * PIECE) break;
    }
    expect(taken).toBe(10 * PIECE);
  });
});
