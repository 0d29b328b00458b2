import { join as joinPath } from 'node:path';
import { isInstalled } from '@layers/testing/needs';
import {
  base256,
  bytesOf,
  END,
  entryWith,
  GNU,
  globalPax,
  gnuLong,
  header,
  join,
  pax,
  withChecksum,
} from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { expandSparse } from '../src/expand.ts';
import { MAX_EXTENSION_BYTES } from '../src/extension.ts';
import { LONG, LONG_TIMEOUT, memory, push, walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { makeSparse, makeTree, temporaryFolder } from './support/tree.ts';

const CODE = /^ERR_LAYERS_TAR_/;

/** xorshift32, for the same flips on every machine. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Reads in both ways and expands small sparse files. Throws for any error that is not a LayersError. */
function readAll(bytes: Uint8Array): ReturnType<typeof walk> {
  const walked = walk(bytes);
  const pushed = push(bytes, [1000]);
  expect(pushed.error).toEqual(walked.error);
  expect(pushed.warnings).toEqual(walked.warnings);
  for (const entry of walked.entries) {
    if (entry.sparse === null) continue;
    try {
      let taken = 0;
      for (const piece of expandSparse(entry, memory(bytes).read)) {
        taken += piece.length;
        if (taken > 1 << 20) break;
      }
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(CODE) });
    }
  }
  return walked;
}

const map = bytesOf(`3\n0\n10\n4096\n10\n8192\n10\n`);
const built = join(
  globalPax(['gid', '4']),
  header({ name: 'd/', typeflag: '5' }),
  pax(['path', 'x'], ['mtime', '-1.5'], ['SCHILY.xattr.user.a', 'b'], ['size', '40']),
  entryWith({ name: 'a' }, 'd'.repeat(40)),
  gnuLong('L', 'n'.repeat(300)),
  gnuLong('K', 'l'.repeat(300)),
  header({ name: 'b', typeflag: '2', magic: GNU, uid: base256(2n ** 31n, 8) }),
  pax(
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', 's'],
    ['GNU.sparse.realsize', '9000'],
  ),
  entryWith({ name: 's' }, join(map, new Uint8Array(512 - map.length), new Uint8Array(30))),
  pax(['GNU.sparse.size', '9000'], ['GNU.sparse.map', '0,10,4096,10']),
  entryWith({ name: 's' }, new Uint8Array(20)),
  header({
    typeflag: 'S',
    magic: GNU,
    size: 5,
    at: { 386: `${'0'.repeat(11)}\0${'0'.repeat(10)}5\0`, 482: '\x01', 483: '00000000100\0' },
  }),
  new Uint8Array(512),
  entryWith({ name: 'sparse data' }, ''),
  END,
);

describe('a truncated tar', () => {
  const temporary = temporaryFolder();
  const archives: [string, Uint8Array][] = [['built by hand', built]];
  if (isInstalled('tar') && isInstalled('mkfifo')) {
    makeTree(temporary.path, true);
    makeSparse(
      joinPath(temporary.path, 'sparse'),
      400_000,
      [0, 20_000, 40_000, 60_000, 80_000, 100_000, 399_000],
    );
    for (const format of ['gnu', 'posix']) {
      const args = [
        `--format=${format}`,
        '--sparse',
        '--hole-detection=raw',
        '-b1',
        '-C',
        temporary.path,
        '-cf',
        '-',
        '.',
      ];
      archives.push([`from GNU tar as ${format}`, new Uint8Array(run('tar', args))]);
    }
  }
  temporary.remove();

  it.each(archives)('(%s), at and next to every block, is an error with a code', (_, bytes) => {
    const whole = walk(bytes);
    for (let at = 0; at < bytes.length - 512; at += 512) {
      for (const cut of [at, at + 1, at + 511]) {
        const { entries, error, warnings } = readAll(bytes.subarray(0, cut));
        expect(whole.entries.slice(0, entries.length)).toEqual(entries);
        if (error === null) expect(warnings.map(({ code }) => code)).toContain('tar-no-end-marker');
        else expect(error).toMatchObject({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset: expect.any(Number) });
      }
    }
  });
});

describe('flipped bytes', () => {
  const rounds = LONG ? 100_000 : 300;
  it(`in a tar give entries or a LayersError (${rounds} rounds)`, { timeout: LONG_TIMEOUT }, () => {
    const random = generator(1);
    let failed = 0;
    for (let i = 0; i < rounds; i++) {
      const bytes = new Uint8Array(built);
      for (let flips = 1 + random(3); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
      if (readAll(bytes).error !== null) failed++;
    }
    expect(failed).toBeGreaterThan(rounds / 10);
  });

  it(`under a valid checksum give entries or a LayersError (${rounds} rounds)`, {
    timeout: LONG_TIMEOUT,
  }, () => {
    const random = generator(2);
    const headers = Array.from({ length: built.length / 512 }, (_, i) => i * 512).filter(
      (at) => built[at + 257] === 0x75,
    );
    for (let i = 0; i < rounds; i++) {
      const bytes = new Uint8Array(built);
      const at = headers[random(headers.length)] ?? 0;
      const block = bytes.slice(at, at + 512);
      for (let flips = 1 + random(3); flips > 0; flips--) block[random(512)] = random(256);
      bytes.set(withChecksum(block), at);
      const { error } = readAll(bytes);
      if (error !== null && error.offset !== undefined && error.offset <= at)
        expect(error.code).not.toBe('ERR_LAYERS_TAR_CHECKSUM');
    }
  });

  it('in every byte are not a tar', () => {
    const random = generator(3);
    for (let i = 0; i < 100; i++) {
      const noise = new Uint8Array(512 + random(3000)).map(() => random(256));
      expect(readAll(noise)).toMatchObject({
        entries: [],
        error: { code: 'ERR_LAYERS_TAR_CHECKSUM', offset: 0 },
      });
    }
  });
});

describe('false sizes', () => {
  it.each([
    ['a file of 2^60 bytes', header({ size: base256(2n ** 60n, 12) }), 'ERR_LAYERS_TAR_NUMBER', 0],
    [
      'a file of 2^53-1 bytes',
      header({ size: base256(2n ** 53n - 1n, 12) }),
      'ERR_LAYERS_TAR_TRUNCATED',
      512,
    ],
    [
      'a file of 2^53-1 bytes by PAX',
      join(pax(['size', '9007199254740991']), header()),
      'ERR_LAYERS_TAR_TRUNCATED',
      1536,
    ],
    [
      'an extension of 2^53-1 bytes',
      header({ typeflag: 'x', size: base256(2n ** 53n - 1n, 12) }),
      'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE',
      0,
    ],
    [
      'a long name of 8 GiB',
      header({ typeflag: 'L', size: 8 ** 11 - 1 }),
      'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE',
      0,
    ],
    [
      'a global header a byte too long',
      header({ typeflag: 'g', size: MAX_EXTENSION_BYTES + 1 }),
      'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE',
      0,
    ],
    [
      'an extension of 1 MiB that is not there',
      header({ typeflag: 'x', size: MAX_EXTENSION_BYTES }),
      'ERR_LAYERS_TAR_TRUNCATED',
      512,
    ],
  ])('of %s are errors with code and offset', (_, bytes, code, offset) => {
    expect(readAll(join(bytes, END))).toMatchObject({ entries: [], error: { code, offset } });
  });

  it('of extents of 2^53-1 bytes are refused', () => {
    const lie = pax(['GNU.sparse.size', '9007199254740991'], ['GNU.sparse.map', '0,9007199254740991']);
    expect(readAll(join(lie, entryWith({}, 'data'), END)).error).toMatchObject({
      code: 'ERR_LAYERS_TAR_SPARSE',
      offset: 0,
    });
  });

  it('of a file that is one hole are reported and take no memory', () => {
    const hole = pax(['GNU.sparse.size', '9007199254740991'], ['GNU.sparse.map', '9007199254740991,0']);
    expect(readAll(join(hole, header(), END)).entries).toMatchObject([
      { size: Number.MAX_SAFE_INTEGER, storedSize: 0 },
    ]);
  });
});

describe('very many headers', () => {
  it('with as many records as an extension can have are read', () => {
    const records = bytesOf(`${'5 a=\n'.repeat(MAX_EXTENSION_BYTES / 5 - 4)}9 path=x\n`);
    expect(readAll(join(entryWith({ typeflag: 'x' }, records), header(), END)).entries).toMatchObject([
      { path: bytesOf('x') },
    ]);
  });

  it('with global records take no time for each entry after them', () => {
    const huge = join(
      ...Array.from({ length: 3 }, () =>
        globalPax(['uid', '9'.repeat(500_000)], ['mtime', '1'.repeat(500_000)]),
      ),
    );
    const { entries, warnings } = walk(join(huge, ...Array.from({ length: 20_000 }, () => header()), END));
    expect(entries).toHaveLength(20_000);
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['tar-bad-number']));
  });

  it('that are a hundred thousand extensions belong to one entry', () => {
    const extension = entryWith({ typeflag: 'x' }, bytesOf('9 path=y\n'));
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => extension));
    const { entries, error } = walk(join(many, header(), END));
    expect(error).toBeNull();
    expect(entries).toMatchObject([
      { path: bytesOf('y'), headerOffset: 0, dataOffset: 100_000 * 1024 + 512 },
    ]);
  });

  it('that are empty sparse continuations end with the tar', () => {
    const more = Buffer.alloc(512);
    more[504] = 1;
    const first = header({ typeflag: 'S', magic: GNU, at: { 482: '\x01' } });
    const many = Buffer.concat(Array.from({ length: 50_000 }, () => more));
    expect(walk(join(first, many)).error).toMatchObject({
      code: 'ERR_LAYERS_TAR_TRUNCATED',
      offset: 512 + many.length,
    });
  });
});
