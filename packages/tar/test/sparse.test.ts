import {
  base256,
  bytesOf,
  END,
  entryWith,
  GNU,
  header,
  join,
  pax,
  type RawFields,
} from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { checkExtents, MAX_EXTENTS, MAX_SPARSE_MAP_BYTES, readSparseMap } from '../src/sparse.ts';
import { walk } from './support/read.ts';

const BAD = { code: 'ERR_LAYERS_TAR_SPARSE' };

function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`;
}

function slots(pairs: readonly (readonly [number, number])[]): string {
  return pairs.map(([offset, bytes]) => octal(offset) + octal(bytes)).join('');
}

/** GNU's old form: four extents in the header, then continuation blocks of 21. */
function oldGnu(
  pairs: readonly (readonly [number, number])[],
  realSize: number | Uint8Array,
  fields: RawFields = {},
) {
  const stored = pairs.reduce((sum, [, bytes]) => sum + bytes, 0);
  const blocks: Uint8Array[] = [];
  for (let i = 4; i < pairs.length; i += 21) {
    const block = Buffer.alloc(512);
    block.write(slots(pairs.slice(i, i + 21)), 0, 'latin1');
    if (i + 21 < pairs.length) block[504] = 1;
    blocks.push(block);
  }
  const at = {
    386: slots(pairs.slice(0, 4)),
    482: pairs.length > 4 ? '\x01' : '\0',
    483: typeof realSize === 'number' ? octal(realSize) : realSize,
  };
  return join(
    header({ typeflag: 'S', magic: GNU, size: stored, at, ...fields }),
    ...blocks,
    new Uint8Array(Math.ceil(stored / 512) * 512).fill(1),
  );
}

function spread(count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [i * 1024, 512]);
}

describe("GNU's old sparse header", () => {
  it.each([0, 1, 3, 4, 5, 24, 25, 26, 46, 47, 100])(
    'gives %d extents, with the continuation blocks counted as header',
    (count) => {
      const { entries, error, warnings } = walk(
        join(oldGnu(spread(count), 1 << 20), header({ name: 'next' }), END),
      );
      expect(error).toBeNull();
      expect(warnings).toEqual([]);
      expect(entries).toMatchObject([
        {
          type: 'file',
          size: 1 << 20,
          storedSize: count * 512,
          headerOffset: 0,
          dataOffset: 512 + 512 * Math.ceil(Math.max(0, count - 4) / 21),
          sparse: { form: 'gnu', extents: spread(count).map(([offset, bytes]) => ({ offset, bytes })) },
        },
        { path: bytesOf('next') },
      ]);
    },
  );

  it('has its name after its continuation blocks were read', () => {
    const tar = join(oldGnu(spread(200), 1 << 20, { name: 'sparse-name' }), END);
    expect(walk(tar).entries).toMatchObject([{ path: bytesOf('sparse-name') }]);
  });

  it('has sizes that do not fit octal', () => {
    const tar = join(oldGnu([[0, 512]], base256(2n ** 45n, 12)), END);
    expect(walk(tar).entries).toMatchObject([{ size: 2 ** 45, storedSize: 512 }]);
  });

  it.each([
    [
      'overlap',
      oldGnu(
        [
          [0, 512],
          [511, 1],
        ],
        4096,
      ),
    ],
    [
      'go backwards',
      oldGnu(
        [
          [1024, 512],
          [0, 512],
        ],
        4096,
      ),
    ],
    ['end beyond the file', oldGnu([[4000, 512]], 4096)],
    ['map more than is stored', oldGnu([[0, 512]], 4096, { size: 100 })],
    ['map less than is stored', oldGnu([[0, 512]], 4096, { size: 0 })],
    ['state a negative size', oldGnu([[0, 512]], base256(-1n, 12))],
    ['state a size of 2^60', oldGnu([[0, 512]], base256(2n ** 60n, 12))],
    [
      'start at 2^60',
      oldGnu([[0, 512]], 4096, { at: { 386: base256(2n ** 60n, 12), 398: octal(512), 483: octal(4096) } }),
    ],
    [
      'start before the file',
      oldGnu([[0, 512]], 4096, { at: { 386: base256(-512n, 12), 398: octal(512), 483: octal(4096) } }),
    ],
    [
      'have a negative length',
      oldGnu([[0, 512]], 4096, { at: { 386: octal(0), 398: base256(-512n, 12), 483: octal(4096) } }),
    ],
  ])('is refused where its extents %s', (_, bad) => {
    const { error, entries } = walk(join(header(), bad, END));
    expect(error).toMatchObject({ ...BAD, offset: 512 });
    expect(entries).toHaveLength(1);
  });

  it('is refused where its continuation does not end', () => {
    const block = Buffer.alloc(512);
    block.write(slots(Array.from({ length: 21 }, () => [0, 0])), 0, 'latin1');
    block[504] = 1;
    const endless = join(
      oldGnu(spread(5), 1 << 20).subarray(0, 512),
      ...Array.from({ length: 50_100 }, () => block),
    );
    expect(walk(endless).error).toMatchObject({
      ...BAD,
      message: expect.stringContaining(`more than ${MAX_EXTENTS}`),
    });
  });

  it('is an error with its offset where its continuation is truncated', () => {
    expect(walk(oldGnu(spread(30), 1 << 20).subarray(0, 1024)).error).toMatchObject({
      code: 'ERR_LAYERS_TAR_TRUNCATED',
      offset: 1024,
    });
  });
});

describe('sparse files in PAX', () => {
  const pairs = [
    { offset: 512, bytes: 512 },
    { offset: 4096, bytes: 100 },
  ];
  const data = new Uint8Array(612).fill(1);

  it('in version 0.0 have a record for each number', () => {
    const extended = pax(
      ['GNU.sparse.size', '8192'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.offset', '512'],
      ['GNU.sparse.numbytes', '512'],
      ['GNU.sparse.offset', '4096'],
      ['GNU.sparse.numbytes', '100'],
    );
    const { entries } = walk(join(extended, entryWith({}, data), END));
    expect(entries).toMatchObject([
      { size: 8192, storedSize: 612, sparse: { form: 'pax-0.0', extents: pairs } },
    ]);
  });

  it('in version 0.1 have a map and a name of their own', () => {
    const extended = pax(
      ['GNU.sparse.size', '8192'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.map', '512,512,4096,100'],
      ['GNU.sparse.name', 'real-name'],
      ['path', 'GNUSparseFile.1/real-name'],
    );
    const { entries } = walk(join(extended, entryWith({}, data), END));
    expect(entries).toMatchObject([
      {
        path: bytesOf('real-name'),
        size: 8192,
        storedSize: 612,
        sparse: { form: 'pax-0.1', extents: pairs },
      },
    ]);
  });

  it('in version 1.0 have the map at the start of their data', () => {
    const extended = pax(
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '8192'],
      ['GNU.sparse.name', 'real-name'],
    );
    const { entries } = walk(join(extended, entryWith({}, new Uint8Array(1124)), END));
    expect(entries).toMatchObject([
      {
        path: bytesOf('real-name'),
        size: 8192,
        storedSize: 1124,
        sparse: { form: 'pax-1.0', extents: null },
      },
    ]);
  });

  it('in an unknown version are plain files', () => {
    const extended = pax(
      ['GNU.sparse.major', '2'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '8192'],
    );
    expect(walk(join(extended, entryWith({}, 'data'), END)).entries).toMatchObject([
      { size: 4, sparse: null },
    ]);
  });

  it('are not sparse where the entry is not a file', () => {
    const extended = pax(['GNU.sparse.map', '0,1'], ['GNU.sparse.size', '8192']);
    expect(walk(join(extended, header({ typeflag: '5' }), END)).entries).toMatchObject([
      { size: 0, sparse: null },
    ]);
  });

  it.each([
    ['with an odd count of numbers', '0,1,2'],
    ['with a negative number', '-1,612'],
    ['with an empty number', '0,,612'],
    ['with a fraction', '0.5,612'],
    ['with 2^60', '1152921504606846976,612'],
    ['that overlaps', '0,600,599,12'],
    ['that goes backwards', '600,12,0,600'],
    ['that ends beyond the file', '8000,612'],
    ['that maps less than is stored', '0,611'],
    ['that maps more than is stored', '0,613'],
  ])('are refused with a map %s', (_, map) => {
    const tar = join(
      header(),
      pax(['GNU.sparse.size', '8192'], ['GNU.sparse.map', map]),
      entryWith({}, data),
      END,
    );
    expect(walk(tar).error).toMatchObject({ ...BAD, offset: 512 });
  });
});

describe('the map of version 1.0', () => {
  it('fills whole blocks', () => {
    expect(readSparseMap(join(bytesOf('2\n0\n512\n1024\n5\n'), new Uint8Array(500)), 0)).toEqual({
      extents: [
        { offset: 0, bytes: 512 },
        { offset: 1024, bytes: 5 },
      ],
      mapBytes: 512,
    });
    const long = `100\n${'123456789\n512\n'.repeat(100)}`;
    expect(readSparseMap(bytesOf(long), 0)?.mapBytes).toBe(1536);
    expect(readSparseMap(bytesOf('0\n'), 0)).toEqual({ extents: [], mapBytes: 512 });
  });

  it('is null where more bytes are required', () => {
    for (const head of ['', '2', '2\n', '2\n0\n', '2\n0\n512\n1024\n', '2\n0\n512\n1024\n5'])
      expect(readSparseMap(bytesOf(head), 0), head).toBeNull();
  });

  it.each([
    'x\n',
    '-1\n',
    '1\n-1\n0\n',
    '\n',
    '1e3\n',
    ' 1\n',
    `${MAX_EXTENTS + 1}\n`,
    '9007199254740992\n',
    '1'.repeat(30),
    '1\n0\n1152921504606846976\n',
  ])('is refused where it reads %j', (head) => {
    expect(() => readSparseMap(bytesOf(head), 99)).toThrow(expect.objectContaining({ ...BAD, offset: 99 }));
  });

  it('is not longer than its limit', () => {
    const longest = `${MAX_EXTENTS}\n`.length + MAX_EXTENTS * 2 * '9007199254740991\n'.length;
    expect(MAX_SPARSE_MAP_BYTES).toBeGreaterThanOrEqual(longest);
  });
});

describe('checking extents', () => {
  it('accepts empty and adjacent ones', () => {
    const extents = [
      { offset: 0, bytes: 0 },
      { offset: 0, bytes: 10 },
      { offset: 10, bytes: 5 },
      { offset: 20, bytes: 0 },
    ];
    expect(() => checkExtents(extents, 20, 15, 0)).not.toThrow();
  });

  it('refuses sums beyond 2^53-1', () => {
    const far = Number.MAX_SAFE_INTEGER;
    expect(() => checkExtents([{ offset: far, bytes: far }], far, far, 5)).toThrow(
      expect.objectContaining({ ...BAD, offset: 5 }),
    );
  });
});
