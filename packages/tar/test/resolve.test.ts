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
} from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import type { TarEntry } from '../src/entry.ts';
import { createTarParser } from '../src/parser.ts';
import { walkTar } from '../src/walk.ts';
import { memory, text, walk } from './support/read.ts';

function read(...parts: readonly Uint8Array[]) {
  const reading = walk(join(...parts, END));
  expect(reading.error).toBeNull();
  return {
    entries: reading.entries.map((entry) => ({
      ...entry,
      path: text(entry.path),
      linkpath: text(entry.linkpath),
    })),
    warnings: reading.warnings.map(({ code, offset }) => [code, offset]),
  };
}

describe('extension headers', () => {
  it('of PAX replace the fields of the one header that follows', () => {
    const { entries, warnings } = read(
      pax(
        ['path', 'caf\xc3\xa9'],
        ['linkpath', 'to\xff'],
        ['uid', '4294967294'],
        ['gid', '-2'],
        ['mtime', '-1.25'],
        ['comment', 'none'],
      ),
      header({ typeflag: '2', linkname: 'short', uid: 1, gid: 2, mtime: 3 }),
      header(),
    );
    expect(entries).toMatchObject([
      {
        path: 'caf\xc3\xa9',
        linkpath: 'to\xff',
        uid: 4_294_967_294,
        gid: -2,
        mtime: -2,
        mtimeNs: 750_000_000,
        headerOffset: 0,
        dataOffset: 1536,
      },
      { path: 'f', uid: 0, gid: 0, mtime: 0, headerOffset: 1536 },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of PAX override the size', () => {
    const { entries } = read(
      pax(['size', '600']),
      entryWith({ size: 0 }),
      new Uint8Array(1024).fill(1),
      header({ name: 'next' }),
    );
    expect(entries).toMatchObject([
      { storedSize: 600, size: 600 },
      { path: 'next', headerOffset: 2560 },
    ]);
  });

  it('do not apply their size to another extension header between, which could hide an entry in its body', () => {
    const { entries } = read(
      pax(['size', '1024']),
      gnuLong('L', 'long'),
      entryWith({ name: 'short' }),
      new Uint8Array(1024).fill(1),
    );
    expect(entries).toMatchObject([{ path: 'long', size: 1024, headerOffset: 0 }]);
  });

  it('of GNU have long names and link names', () => {
    const name = `${'d/'.repeat(600)}\xe9`;
    const { entries } = read(
      gnuLong('K', `${name}-link`),
      gnuLong('L', name),
      header({ typeflag: '1', magic: GNU }),
      header(),
    );
    expect(entries).toMatchObject([
      { path: name, linkpath: `${name}-link`, type: 'link', headerOffset: 0 },
      { path: 'f' },
    ]);
  });

  it("of GNU override those of PAX in either order, as in Go's reader", () => {
    for (const both of [
      [gnuLong('L', 'gnu'), pax(['path', 'pax'])],
      [pax(['path', 'pax']), gnuLong('L', 'gnu')],
    ])
      expect(read(...both, header()).entries[0]?.path).toBe('gnu');
  });

  it('of GNU are ignored where they are empty', () => {
    expect(read(gnuLong('L', ''), gnuLong('K', ''), header({ linkname: 'l' })).entries).toMatchObject([
      { path: 'f', linkpath: 'l' },
    ]);
  });

  it('of the same kind replace each other completely', () => {
    const { entries } = read(pax(['path', 'a'], ['uid', '5']), pax(['path', 'b']), header());
    expect(entries).toMatchObject([{ path: 'b', uid: 0, headerOffset: 0 }]);
  });
});

describe('an empty PAX value', () => {
  it('cancels earlier records, which leaves the value of the header', () => {
    const fields = { name: 'n', linkname: 'l', typeflag: '2', uid: 1, gid: 2, mtime: 3 };
    const keys = ['path', 'linkpath', 'uid', 'gid', 'mtime'] as const;
    const { entries } = read(
      pax(...keys.map((key) => [key, '77'] as const), ...keys.map((key) => [key, ''] as const)),
      header(fields),
    );
    expect(entries).toMatchObject([{ path: 'n', linkpath: 'l', uid: 1, gid: 2, mtime: 3, mtimeNs: 0 }]);
  });

  it('cancels a global value for one entry', () => {
    const { entries } = read(
      globalPax(['mtime', '5.5'], ['uid', '9']),
      pax(['mtime', '']),
      header({ mtime: 3 }),
      header(),
    );
    expect(entries).toMatchObject([
      { mtime: 3, mtimeNs: 0, uid: 9 },
      { mtime: 5, mtimeNs: 500_000_000, uid: 9 },
    ]);
  });

  it('cancels a size', () => {
    expect(read(pax(['size', '5'], ['size', '']), header()).entries).toMatchObject([{ size: 0 }]);
  });
});

describe('global headers', () => {
  it('apply to all later entries, each key until it is replaced or cancelled', () => {
    const { entries } = read(
      header({ uid: 1 }),
      globalPax(['uid', '10'], ['gid', '20']),
      header({ uid: 1 }),
      pax(['uid', '30']),
      header({ uid: 1 }),
      globalPax(['uid', '11']),
      header({ uid: 1 }),
      globalPax(['uid', '']),
      header({ uid: 1 }),
    );
    expect(entries.map(({ uid, gid }) => [uid, gid])).toEqual([
      [1, 0],
      [10, 20],
      [30, 20],
      [11, 20],
      [1, 20],
    ]);
  });

  it('keep the last value of each key of very many', () => {
    const many = globalPax(
      ['gid', '7'],
      ...Array.from({ length: 500 }, (_, i) => ['uid', String(i)] as const),
    );
    expect(read(many, header()).entries).toMatchObject([{ uid: 499, gid: 7 }]);
  });

  it('cannot change names, sizes, links or sparse maps', () => {
    const bad = globalPax(
      ['path', 'evil'],
      ['linkpath', 'evil'],
      ['size', '512'],
      ['GNU.sparse.map', '0,1'],
      ['SCHILY.xattr.user.x', 'y'],
    );
    expect(read(bad, header(), header()).entries).toMatchObject(
      Array(2).fill({ path: 'f', linkpath: '', size: 0, sparse: null, xattrs: null }),
    );
  });

  it('are ignored where the caller asks for it, as by Go, with a warning', () => {
    const tar = join(
      globalPax(['uid', '10'], ['mtime', '5']),
      header({ uid: 1 }),
      globalPax(['comment', 'x']),
      END,
    );
    const codes: string[] = [];
    const entries: TarEntry[] = [];
    const parser = createTarParser({
      onEntry: (entry) => void entries.push(entry),
      onWarning: ({ code }) => void codes.push(code),
      ignoreGlobals: true,
    });
    parser.write(tar);
    parser.end();
    const walked = [
      ...walkTar(memory(tar), { ignoreGlobals: true, onWarning: ({ code }) => void codes.push(code) }),
    ];
    for (const [entry] of [entries, walked])
      expect(entry).toMatchObject({ uid: 1, mtime: 0, isSelfContained: true });
    const expected = ['tar-global-attributes', 'tar-global-header'];
    expect(codes).toEqual([...expected, ...expected]);
    const inside = join(pax(['path', 'x']), globalPax(['uid', '10']), header(), END);
    const [entry] = walkTar(memory(inside), { ignoreGlobals: true });
    // Go drops the extension headers before a global one.
    expect(entry).toMatchObject({ uid: 0, path: bytesOf('f'), isSelfContained: false });
  });

  it('that are ignored are reported with all keys that other readers apply', () => {
    const warnings = (...records: [string, string][]): string[] => {
      const messages: string[] = [];
      const tar = join(globalPax(...records), header(), END);
      const walked = walkTar(memory(tar), {
        ignoreGlobals: true,
        onWarning: ({ message }) => void messages.push(message),
      });
      expect([...walked]).toHaveLength(1);
      return messages;
    };
    expect(
      warnings(
        ['uid', '1'],
        ['path', 'x'],
        ['comment', 'c'],
        ['SCHILY.xattr.user.a', '1'],
        ['GNU.sparse.size', '1'],
        ['linkpath', 'y'],
        ['VENDOR.x', '1'],
        ['uid', '2'],
      ),
    ).toEqual([
      'a global PAX header sets uid, path, SCHILY.xattr.user.a, GNU.sparse.size, linkpath of all later entries; Docker and podman ignore it',
    ]);
    expect(warnings(['comment', 'c'])).toEqual(['a global PAX header']);
    const many = Array.from({ length: 1000 }, (_, i): [string, string] => [
      `SCHILY.xattr.${i}${'x'.repeat(999)}`,
      '',
    ]);
    const [message = ''] = warnings(...many);
    expect(message).toContain('… and 990 more attributes of all later entries');
    expect(message.length).toBeLessThan(1000);
  });

  it('are not part of the entry after them', () => {
    expect(read(globalPax(['uid', '1']), header()).entries[0]?.headerOffset).toBe(1024);
  });
});

describe('xattrs', () => {
  it('have names and values as bytes', () => {
    const capability = new Uint8Array([
      1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0x3d, 0x0a, 0xff, 0, 0, 0, 0, 0,
    ]);
    const { entries } = read(
      pax(
        ['SCHILY.xattr.security.capability', capability],
        ['SCHILY.xattr.user.\xc3\xa9\xff', 'x'],
        ['SCHILY.xattr.user.empty', ''],
        ['LIBARCHIVE.xattr.user.other', 'b64'],
      ),
      header(),
    );
    expect(entries[0]?.xattrs).toEqual(
      new Map([
        ['security.capability', capability],
        ['user.\xc3\xa9\xff', bytesOf('x')],
        ['user.empty', new Uint8Array(0)],
      ]),
    );
  });
});

describe('an invalid value', () => {
  it.each(['1', '2', '3', '4', '5', '6'])(
    'that is the size of an entry of type %s is ignored, as by Docker',
    (typeflag) => {
      const { entries, warnings } = read(header({ typeflag, size: 5000 }), header({ name: 'next' }));
      expect(entries).toMatchObject([
        { size: 0, storedSize: 0 },
        { path: 'next', headerOffset: 512 },
      ]);
      expect(warnings).toEqual([['tar-size-on-bodiless-entry', 0]]);
    },
  );

  it('that is a size in PAX of a hard link is ignored', () => {
    const { entries, warnings } = read(
      pax(['size', '5000']),
      header({ typeflag: '1', linkname: 'x' }),
      header({ name: 'next' }),
    );
    expect(entries.map(({ path }) => path)).toEqual(['f', 'next']);
    expect(warnings).toEqual([['tar-size-on-bodiless-entry', 0]]);
  });

  it("is not the size of GNU's dump directories, whose data is a list of names", () => {
    const { entries, warnings } = read(
      entryWith({ typeflag: 'D', name: 'd/', magic: GNU }, 'Yfile\0\0'),
      header(),
    );
    expect(entries).toMatchObject([{ type: 'directory', storedSize: 7, size: 0 }, { path: 'f' }]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['uid', 'x'],
    ['gid', '1.5'],
    ['uid', '9223372036854775808'],
    ['gid', '-9223372036854775809'],
    ['mtime', 'now'],
    ['mtime', '9'.repeat(200)],
    ['uid', '0'.repeat(200)],
  ])('of %s is ignored with a warning (%s)', (key, value) => {
    const { entries, warnings } = read(pax([key, value]), header({ uid: 1, gid: 1, mtime: 1 }));
    expect(entries).toMatchObject([{ uid: 1, gid: 1, mtime: 1 }]);
    expect(warnings).toEqual([['tar-bad-number', 0]]);
  });

  it.each([
    ['9007199254740993', 1],
    ['+9223372036854775807', 4_294_967_295],
    ['-9223372036854775808', 0],
  ])('of an id with up to 64 bits has its low 32 bits, with a warning (%s)', (value, id) => {
    const { entries, warnings } = read(pax(['uid', value]), header({ uid: 1 }));
    expect([entries[0]?.uid, warnings]).toEqual([id, [['tar-large-id', 0]]]);
  });

  it.each(['x', '-1', '1.5', '9007199254740992', '1152921504606846976', ' 5', '9'.repeat(1000)])(
    'in a size by PAX ends the reading (%j)',
    (size) => {
      expect(walk(join(header(), pax(['size', size]), header(), END)).error).toMatchObject({
        code: 'ERR_LAYERS_TAR_NUMBER',
        offset: 512,
      });
    },
  );

  it.each([
    ['atime', '1e3', 'tar-bad-number'],
    ['ctime', 'soon', 'tar-bad-number'],
    ['uname', 'a\0b', 'tar-bad-pax-record'],
    ['gname', '\0', 'tar-bad-pax-record'],
  ])('of %s, which is not used, causes a warning (%j)', (key, value, code) => {
    const { entries, warnings } = read(pax([key, value]), header({ name: 'a' }));
    expect(entries).toMatchObject([{ path: 'a', isSelfContained: false }]);
    expect(warnings).toEqual([[code, 0]]);
  });

  it('is no number with a plus sign, which Go accepts', () => {
    const { entries, warnings } = read(
      pax(['uid', '+5'], ['size', '+3'], ['mtime', '+7']),
      header(),
      new Uint8Array(512).fill(1),
    );
    expect(entries).toMatchObject([{ uid: 5, size: 3, mtime: 7 }]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['is missing', []],
    ['is another one', [['GNU.sparse.numblocks', '2']]],
  ] as const)('of the extents of a sparse file %s, with a warning', (_, records) => {
    const { entries, warnings } = read(
      pax(['GNU.sparse.size', '9'], ['GNU.sparse.map', '0,3'], ...records),
      header({ size: 3 }),
      new Uint8Array(512).fill(1),
    );
    expect(entries).toMatchObject([{ size: 9 }]);
    expect(warnings).toEqual([['tar-bad-pax-record', 0]]);
  });

  it('is a NUL in a name, which ends it with a warning', () => {
    const { entries, warnings } = read(
      pax(['path', 'etc/passwd\0.txt'], ['linkpath', '\0']),
      header({ typeflag: '2' }),
      gnuLong('L', 'a\0b'),
      header(),
    );
    expect(entries).toMatchObject([{ path: 'etc/passwd', linkpath: '' }, { path: 'a' }]);
    expect(warnings).toEqual([
      ['tar-bad-pax-record', 0],
      ['tar-bad-pax-record', 0],
    ]);
  });

  it('in the size field is ignored where PAX has a size, unless it is not a number', () => {
    const lying = join(pax(['size', '3']), header({ size: 8 ** 11 - 1 }), new Uint8Array(512).fill(1));
    expect(read(lying, header()).entries).toMatchObject([{ size: 3 }, {}]);
    const unreadable = join(
      pax(['size', '3']),
      header({ size: base256(2n ** 60n, 12) }),
      new Uint8Array(512).fill(1),
    );
    expect(walk(join(unreadable, END)).error).toMatchObject({ code: 'ERR_LAYERS_TAR_NUMBER', offset: 1024 });
  });
});
