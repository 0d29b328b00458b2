import { LayersError } from '@layers/errors';
import { runs } from '@layers/testing/random-runs';
import { END, entryWith, GNU, globalPax, header, join, pax, USTAR, V7 } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TarEntry } from '../../src/entry.ts';
import type { PlainBatch } from '../../src/kernel/plain-kernel.ts';
import { TarWalk } from '../../src/walk.ts';
import type { TarWarning } from '../../src/warning.ts';
import { anyTar } from '../support/arbitrary.ts';
import { LONG, LONG_TIMEOUT, memory } from '../support/read.ts';

/** What both ways of reading tell of an entry. */
interface Row {
  readonly offset: number;
  readonly type: string;
  readonly path: string;
  readonly link: string;
  readonly numbers: readonly number[];
}

interface Read {
  readonly rows: Row[];
  readonly warnings: TarWarning[];
  readonly end: number;
  readonly error: string | null;
  /** How many rows came in batches. */
  readonly batched: number;
  readonly isPlain: boolean;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [0x30, 'file'],
  [0x31, 'link'],
  [0x32, 'symlink'],
  [0x35, 'directory'],
]);

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function rowOf(entry: TarEntry): Row {
  return {
    offset: entry.headerOffset,
    type: entry.type,
    path: textOf(entry.path),
    link: entry.type === 'link' || entry.type === 'symlink' ? textOf(entry.linkpath) : '',
    numbers: [entry.mode, entry.uid, entry.gid, entry.size, entry.mtime],
  };
}

function rowsOf(batch: PlainBatch): Row[] {
  const links = new Map(
    Array.from({ length: batch.links }, (_, i) => {
      const start = batch.linkStart[i] ?? Number.NaN;
      const target = batch.names.subarray(start, start + (batch.linkLength[i] ?? Number.NaN));
      return [batch.linkEntry[i], textOf(target)] as const;
    }),
  );
  let run = -1;
  return Array.from({ length: batch.entries }, (_, i) => {
    if (run + 1 < batch.runs && batch.runEntry[run + 1] === i) run++;
    const start = batch.runStart[run] ?? Number.NaN;
    const nameStart = batch.nameStart[i] ?? Number.NaN;
    const parent = batch.directories.subarray(start, start + (batch.runLength[run] ?? Number.NaN));
    const name = batch.names.subarray(nameStart, nameStart + (batch.nameLength[i] ?? Number.NaN));
    const columns = [batch.mode, batch.uid, batch.gid, batch.size, batch.mtime];
    return {
      offset: batch.headerOffset[i] ?? Number.NaN,
      type: TYPES.get(batch.typeflag[i] ?? 0) ?? 'none',
      path: textOf(parent) + textOf(name),
      link: links.get(i) ?? '',
      numbers: columns.map((column) => column[i] ?? Number.NaN),
    };
  });
}

/** A path as batches have it: without `./` before it, and without a slash after it. */
const simple = (row: Row): Row => ({ ...row, path: row.path.replace(/^\.\//, '').replace(/\/$/, '') });

function readAll(bytes: Uint8Array, usesKernel: boolean, onBatch?: (batch: PlainBatch) => void): Read {
  const warnings: TarWarning[] = [];
  const walk = new TarWalk(memory(bytes), { onWarning: (warning) => warnings.push(warning), usesKernel });
  const rows: Row[] = [];
  let batched = 0;
  let isPlain = true;
  let error: string | null = null;
  try {
    for (;;) {
      const batch = walk.plainEntries();
      if (batch !== null) {
        rows.push(...rowsOf(batch));
        batched += batch.entries;
        isPlain &&= batch.plainNames;
        onBatch?.(batch);
        continue;
      }
      const entry = walk.next();
      if (entry === null) break;
      rows.push(rowOf(entry));
    }
  } catch (thrown) {
    if (!(thrown instanceof LayersError)) throw thrown;
    error = `${thrown.code} ${thrown.offset}: ${thrown.message}`;
  } finally {
    walk.close();
  }
  return { rows, warnings, end: walk.offset, error, batched, isPlain };
}

/** Reads a tar in both ways, and expects the same. Returns how many entries there are, and how many came in batches. */
function expectSame(bytes: Uint8Array): { readonly entries: number; readonly batched: number } {
  const [general, kernel] = [readAll(bytes, false), readAll(bytes, true)];
  expect(general.batched).toBe(0);
  expect(kernel.rows.map(simple)).toEqual(general.rows.map(simple));
  expect(kernel.warnings).toEqual(general.warnings);
  expect(kernel.error).toBe(general.error);
  if (general.error === null) expect(kernel.end).toBe(general.end);
  return { entries: general.rows.length, batched: kernel.batched };
}

const part = fc.oneof(
  {
    arbitrary: fc.constantFrom('a', 'b', 'usr', 'lib', 'x.so', '.hidden', '..a', 'l'.repeat(60)),
    weight: 60,
  },
  {
    arbitrary: fc.constantFrom('.', '..', '', '.wh.a', '.wh..wh..opq', '.wh', '\xff\xfe', 'n\nl'),
    weight: 1,
  },
);
const path = fc
  .tuple(
    fc.constantFrom('', '', '', '', '', './', '/'),
    fc.array(part, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '/'),
  )
  .map(([before, parts, after]) => `${before}${parts.join('/')}${after}`.slice(0, 100));
const number = (digits: number) =>
  fc.oneof(
    { arbitrary: fc.nat(8 ** Math.min(digits, 10) - 1), weight: 60 },
    {
      arbitrary: fc.constantFrom('', ' 17 ', '7'.repeat(digits + 1), '12\0junk', '1 2', '-1', '8'),
      weight: 1,
    },
  );
const fields = fc.record(
  {
    name: path,
    linkname: path,
    prefix: path,
    typeflag: fc.constantFrom(...'0000000112225555', '\0', '3'),
    magic: fc.constantFrom(USTAR, USTAR, USTAR, GNU, GNU, GNU, V7),
    mode: number(7),
    uid: number(7),
    gid: number(7),
    mtime: number(11),
    devmajor: number(7),
    at: fc.constantFrom(...Array.from({ length: 20 }, () => ({})), { 508: 'tar\0' }, { 345: '\0abc' }),
  },
  { requiredKeys: ['name', 'typeflag', 'magic'] },
);
const ordinary = fc
  .tuple(fields, fc.nat(1500), fc.nat(20))
  .map(([all, size, oddity]) =>
    all.typeflag === '0' || oddity === 0 ? entryWith(all, new Uint8Array(size).fill(0x78)) : header(all),
  );
const extension = fc.constantFrom(
  pax(['path', 'other']),
  pax(['mtime', '1.5'], ['size', '7']),
  globalPax(['uid', '7']),
  new Uint8Array(512),
);
const sometimes = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: of, weight: 1 });
const usualTar = fc
  .tuple(
    fc.array(fc.oneof({ arbitrary: ordinary, weight: 20 }, { arbitrary: extension, weight: 1 }), {
      maxLength: 40,
    }),
    fc.constantFrom(END, new Uint8Array(0)),
    sometimes(fc.tuple(fc.nat(), fc.nat(255))),
    sometimes(fc.nat()),
  )
  .map(([parts, end, flip, cut]) => {
    const tar = join(...parts, end);
    if (flip !== null && tar.length > 0) tar[flip[0] % tar.length] = flip[1];
    return cut === null ? tar : tar.subarray(0, cut % (tar.length + 1));
  });

/** The text of a field of a number: mostly octal digits, and any of the ways to end and to fill it. */
const octalText = (bytes: number) =>
  fc
    .tuple(
      fc.constantFrom('', '', '', '', ' ', '\0', '0'),
      fc.array(fc.constantFrom(...'0123456701234567'), { minLength: bytes - 3, maxLength: bytes }),
      fc.oneof(
        { arbitrary: fc.constantFrom('', '\0', ' ', '\0 ', ' \0', '\0\0', '  '), weight: 12 },
        { arbitrary: fc.constantFrom('8', '/', 'x', '\0x', ' x', '\x007', '\x80'), weight: 1 },
      ),
    )
    .map(([start, digits, end]) => `${start}${digits.join('')}${end}`.slice(0, bytes));
const numbered = fc
  .tuple(
    fc.record({
      mode: octalText(8),
      uid: octalText(8),
      gid: octalText(8),
      mtime: octalText(12),
      devmajor: fc.oneof(fc.constant(''), octalText(8)),
    }),
    fc.nat(700),
    fc.constantFrom('\0 ', ' \0', '\0\0', '\0', ' ', '  ', '\0x', 'x'),
    fc.boolean(),
  )
  .map(([numbers, size, end, isShort]) => {
    const entry = entryWith({ ...numbers, name: 'n' }, new Uint8Array(size));
    const sum = Buffer.from(entry.subarray(148, 154)).toString('latin1');
    entry.fill(0, 148, 156);
    entry.set(Buffer.from(`${isShort ? '' : '0'}${sum}${end}`.slice(0, 8), 'latin1'), 148);
    return entry;
  });

/** Bytes with a meaning in a header. */
const BYTES = LONG ? [0, 0x20, 0x2e, 0x2f, 0x31, 0x37, 0x38, 0x80, 0xff] : [0x2f, 0x37];

describe('plainEntries with next', () => {
  it('reads what next alone reads, of usual tars with odd headers between', { timeout: LONG_TIMEOUT }, () => {
    let [entries, batched] = [0, 0];
    fc.assert(
      fc.property(usualTar, (bytes) => {
        const counts = expectSame(bytes);
        entries += counts.entries;
        batched += counts.batched;
      }),
      { numRuns: runs(500, 50_000) },
    );
    // The property has to cover both readers.
    expect(batched).toBeGreaterThan(entries / 10);
    expect(batched).toBeLessThan(entries);
  });

  it('reads what next alone reads, with numbers in every form', { timeout: LONG_TIMEOUT }, () => {
    let [entries, batched] = [0, 0];
    fc.assert(
      fc.property(fc.array(numbered, { minLength: 1, maxLength: 3 }), (parts) => {
        const counts = expectSame(join(...parts, END));
        entries += counts.entries;
        batched += counts.batched;
      }),
      { numRuns: runs(1000, 30_000) },
    );
    expect(batched).toBeGreaterThan(entries / 10);
  });

  it('reads what next alone reads, of any bytes', { timeout: LONG_TIMEOUT }, () => {
    fc.assert(
      fc.property(anyTar, (bytes) => void expectSame(bytes)),
      { numRuns: runs(300, 50_000) },
    );
  });

  it('reads what next alone reads, with any byte of a header changed and its checksum mended', () => {
    const usual = { name: 'usr/lib/x', linkname: 'target', prefix: 'deep', typeflag: '2', magic: USTAR };
    let batched = 0;
    for (let at = 0; at < 512; at++)
      for (const byte of BYTES) {
        if (at >= 148 && at < 156) continue;
        const first = header({ ...usual, at: { [at]: Uint8Array.of(byte) } });
        batched += expectSame(join(first, header({ name: 'b' }), END)).batched;
      }
    expect(batched).toBeGreaterThan(504 * BYTES.length);
  });

  it('reads more entries than a batch has room for, and more bytes of names', () => {
    const many = Array.from({ length: 4500 }, (_, i) => header({ name: `d${i % 7}/f${i}` }));
    const long = Array.from({ length: 900 }, (_, i) =>
      header({
        name: `${i}${'n'.repeat(90)}`,
        prefix: `${i}/${'p'.repeat(140)}`,
        linkname: 't'.repeat(99),
        typeflag: '2',
      }),
    );
    const tar = join(...many, ...long, END);
    const batches: number[] = [];
    const { rows, batched } = readAll(tar, true, (batch) => batches.push(batch.entries));
    expect(rows.length).toBe(5400);
    expect(batched).toBe(5400);
    expect(batches.length).toBeGreaterThan(3);
    expect(expectSame(tar)).toEqual({ entries: 5400, batched: 5400 });
  });

  it('skips the data of large files', () => {
    const tar = join(
      ...Array.from({ length: 6 }, (_, i) => entryWith({ name: `f${i}` }, new Uint8Array(300_000 + i))),
      END,
    );
    const source = memory(tar);
    const walk = new TarWalk(source, { usesKernel: true });
    expect(walk.plainEntries()?.entries).toBe(6);
    expect(walk.next()).toBeNull();
    walk.close();
    expect(source.counts.bytes).toBeLessThan(20_000);
  });

  it('says whether a name starts with ./', () => {
    expect(readAll(join(header({ name: 'a' }), END), true).isPlain).toBe(true);
    expect(readAll(join(header({ name: 'a' }), header({ name: './b' }), END), true).isPlain).toBe(false);
  });
});

describe('undoBatch', () => {
  it('goes back, and leaves the entries to next', () => {
    const tar = join(header({ name: 'a' }), entryWith({ name: 'b' }, 'data'), header({ name: 'c' }), END);
    const walk = new TarWalk(memory(tar), { usesKernel: true });
    expect(walk.plainEntries()?.entries).toBe(3);
    walk.undoBatch();
    expect(walk.offset).toBe(0);
    expect(walk.plainEntries()).toBeNull();
    expect([walk.next(), walk.next(), walk.next()].map((entry) => entry?.size)).toEqual([0, 4, 0]);
    expect(walk.next()).toBeNull();
  });
});

describe('walks at the same time', () => {
  it('have batches of their own', () => {
    const walks = ['first', 'second'].map(
      (name) => new TarWalk(memory(join(header({ name }), END)), { usesKernel: true }),
    );
    const batches = walks.map((walk) => walk.plainEntries());
    const names = batches.map((batch) => (batch === null ? '' : rowsOf(batch)[0]?.path));
    for (const walk of walks) walk.close();
    expect(names).toEqual(['first', 'second']);
  });
});
