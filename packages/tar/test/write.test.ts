import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { Readable } from 'node:stream';
import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { bytesOf, join } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { Parser } from 'tar';
import { extract } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_EXTENSION_BYTES } from '../src/extension.ts';
import { END_OF_TAR, encodeHeader, headerBytes, type NewEntry, paddingFor } from '../src/write.ts';
import { push, text, walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { temporaryFolder } from './support/tree.ts';

const REFUSED = expect.objectContaining({ code: 'ERR_LAYERS_TAR_UNENCODABLE' });

function encoded(entry: NewEntry, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return join(encodeHeader({ ...entry, size: data.length }), data, paddingFor(data.length));
}

const nameBytes = (max: number) =>
  fc
    .oneof(
      fc.uint8Array({ minLength: 1, maxLength: max }),
      fc
        .string({ unit: fc.constantFrom('a', '/', '.', '\u00e9'), minLength: 1, maxLength: max })
        .map((s) => new Uint8Array(Buffer.from(s))),
    )
    .map((bytes) => bytes.map((byte) => (byte === 0 ? 0x5f : byte)));

const oddEntry: fc.Arbitrary<NewEntry> = fc.record(
  {
    path: fc.oneof(nameBytes(20), nameBytes(300)),
    type: fc.constantFrom('file', 'link', 'symlink', 'char', 'block', 'directory', 'fifo'),
    size: fc.oneof(fc.nat(5), fc.constantFrom(8 ** 11 - 1, 8 ** 11, Number.MAX_SAFE_INTEGER)),
    linkpath: fc.oneof(fc.constant(''), nameBytes(20), nameBytes(300)),
    mode: fc.nat(0o7777),
    uid: fc.oneof(fc.nat(5000), fc.constantFrom(8 ** 7 - 1, 8 ** 7, 2 ** 32 - 2, Number.MAX_SAFE_INTEGER)),
    gid: fc.oneof(fc.nat(5000), fc.constantFrom(8 ** 7 - 1, 8 ** 7, 2 ** 32 - 2)),
    mtime: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 8 ** 11 - 1, 8 ** 11, -(2 ** 40), 2 ** 45)),
    mtimeNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 })),
    devmajor: fc.oneof(fc.nat(300), fc.constantFrom(8 ** 7, 2 ** 32 - 1)),
    devminor: fc.nat(300),
    uname: fc.string({ maxLength: 50 }),
    gname: fc.string({ maxLength: 50 }),
    xattrs: fc.option(
      fc
        .array(
          fc.tuple(
            fc.string({
              unit: fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)),
              maxLength: 20,
            }),
            fc.uint8Array({ maxLength: 40 }),
          ),
          { maxLength: 4 },
        )
        .map((pairs) => new Map(pairs.filter(([name]) => !name.includes('=')))),
    ),
  },
  { requiredKeys: ['path'] },
);

describe('an encoded header', () => {
  it('is read back as the same entry, and uses PAX only where required', () => {
    fc.assert(
      fc.property(oddEntry, (entry) => {
        const header = encodeHeader(entry);
        expect(header.length % 512).toBe(0);
        expect(headerBytes(entry)).toBe(header.length);
        const pushed = push(header);
        expect(pushed.warnings.filter(({ code }) => code !== 'tar-no-end-marker')).toEqual([]);
        const read = pushed.entries[0];
        const type = entry.type ?? 'file';
        const path = Buffer.from(entry.path);
        const isDevice = type === 'char' || type === 'block';
        expect(read).toEqual({
          headerOffset: 0,
          dataOffset: header.length,
          type,
          typeflag: expect.any(Number),
          path:
            type === 'directory' && path.at(-1) !== 0x2f ? bytesOf(`${text(path)}/`) : new Uint8Array(path),
          linkpath: new Uint8Array(Buffer.from(entry.linkpath ?? '')),
          mode: entry.mode ?? (type === 'directory' ? 0o755 : 0o644),
          uid: entry.uid ?? 0,
          gid: entry.gid ?? 0,
          size: type === 'file' ? (entry.size ?? 0) : 0,
          storedSize: type === 'file' ? (entry.size ?? 0) : 0,
          mtime: entry.mtime ?? 0,
          mtimeNs: entry.mtimeNs ?? 0,
          devmajor: isDevice ? (entry.devmajor ?? 0) : 0,
          devminor: isDevice ? (entry.devminor ?? 0) : 0,
          xattrs: entry.xattrs?.size ? entry.xattrs : null,
          sparse: null,
          isSelfContained: true,
        });
        expect(pushed.headers[0]).toEqual(new Uint8Array(header));
      }),
      { numRuns: runs(400, 4_000) },
    );
  });

  it('is one block where USTAR can hold all fields', () => {
    expect(
      encodeHeader({
        path: 'n'.repeat(100),
        uid: 8 ** 7 - 1,
        mtime: 8 ** 11 - 1,
        size: 8 ** 11 - 1,
        linkpath: 'l'.repeat(100),
      }),
    ).toHaveLength(512);
    expect(encodeHeader({ path: `${'p'.repeat(155)}/${'n'.repeat(100)}` })).toHaveLength(512);
    expect(encodeHeader({ path: `${'p'.repeat(155)}/${'n'.repeat(99)}`, type: 'directory' })).toHaveLength(
      512,
    );
  });

  it.each([
    ['a name of 101 bytes', 'n'.repeat(101)],
    ['a prefix of 156 bytes', `${'p'.repeat(156)}/n`],
    ['a directory that needs its slash', `${'p'.repeat(20)}/${'n'.repeat(100)}/`],
  ])('uses PAX for %s', (_, path) => {
    const header = encodeHeader({ path });
    expect(header).toHaveLength(1536);
    expect(text(walk(header).entries[0]?.path)).toBe(path);
  });

  it('has non-ASCII names in PAX, which defines their encoding', () => {
    for (const entry of [{ path: '\u00e9' }, { path: 'a', linkpath: '\u00e9' }])
      expect(text(encodeHeader(entry).subarray(512, 1024))).toMatch(/^\d+ (link)?path=\xc3\xa9\n\0+$/);
  });

  it('has the same bytes at any time and for any order of xattrs', () => {
    const entry = { path: 'a/\u00e9', uid: 2 ** 31, mtime: -5, mtimeNs: 5 };
    const one = new Map([
      ['user.a', bytesOf('1')],
      ['user.b', bytesOf('2')],
    ]);
    const other = new Map([...one].reverse());
    const bytes = encodeHeader({ ...entry, xattrs: one });
    expect(bytes).toEqual(encodeHeader({ ...entry, xattrs: other }));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      '172886ac197f3897f91961eb3ab71e807b449ed4417fb13c64883e751ad5160f',
    );
  });

  it.each<[string, NewEntry]>([
    ['an empty name', { path: '' }],
    ['a NUL in its name', { path: 'a\0b' }],
    ['a NUL in its link name', { path: 'a', linkpath: 'a\0b' }],
    ['a negative uid', { path: 'a', uid: -1 }],
    ['a gid that is no integer', { path: 'a', gid: 0.5 }],
    ['a size beyond 2^53', { path: 'a', size: 2 ** 53 }],
    ['a size that is no number', { path: 'a', size: Number.NaN }],
    ['an mtime that is no integer', { path: 'a', mtime: 1.5 }],
    ['negative nanoseconds', { path: 'a', mtimeNs: -1 }],
    ['a second of nanoseconds', { path: 'a', mtimeNs: 1e9 }],
    ['nanoseconds that are no number', { path: 'a', mtimeNs: Number.NaN }],
    ['a device that is no number', { path: 'a', type: 'char', devmajor: Number.NaN }],
    ['an xattr name with an equals sign', { path: 'a', xattrs: new Map([['user.a=b', bytesOf('x')]]) }],
    ['an xattr name that is no bytes', { path: 'a', xattrs: new Map([['user.\u2603', bytesOf('x')]]) }],
    [
      'more xattrs than readers take',
      { path: 'a', xattrs: new Map([['user.a', new Uint8Array(MAX_EXTENSION_BYTES)]]) },
    ],
  ])('is refused for %s', (_, entry) => {
    expect(() => encodeHeader(entry)).toThrow(REFUSED);
    expect(() => headerBytes(entry)).toThrow(REFUSED);
  });

  it('may have extensions up to the limit of readers', () => {
    const value = new Uint8Array(MAX_EXTENSION_BYTES - '1048576 SCHILY.xattr.user.a=\n'.length);
    const header = encodeHeader({ path: 'a', xattrs: new Map([['user.a', value]]) });
    expect(walk(join(header, END_OF_TAR)).entries[0]?.xattrs?.get('user.a')).toHaveLength(value.length);
  });
});

describe('a written tar', () => {
  const data = new Uint8Array(700).map((_, i) => i % 251);
  const long = `${'deep/'.repeat(60)}file`;
  const tar = join(
    encoded({ path: 'dir', type: 'directory', mode: 0o1755, mtime: 1_600_000_000 }),
    encoded({ path: 'dir/plain', mode: 0o640, mtime: 1_600_000_001, mtimeNs: 120_000_000 }, data),
    encoded({ path: 'dir/\u00e9-\u2603', mtime: -5 }, bytesOf('utf-8')),
    encoded({ path: long, mtime: 8 ** 11 + 5 }, bytesOf('long')),
    encoded({ path: 'link', type: 'symlink', linkpath: `/${'to/'.repeat(50)}it` }),
    encoded({ path: 'hard', type: 'link', linkpath: 'dir/plain' }),
    encoded({ path: 'owned', uid: 4_000_000_000, gid: 3_000_000_000 }, bytesOf('x')),
    END_OF_TAR,
  );
  const temporary = temporaryFolder();
  afterAll(temporary.remove);

  for (const tool of ['tar', 'bsdtar'] as const)
    it(`is unpacked by ${tool}`, needs(tool), () => {
      const directory = joinPath(temporary.path, tool);
      mkdirSync(directory);
      run(tool, ['-xpf', '-', '--no-same-owner', '-C', directory], tar);
      const stat = (name: string) => lstatSync(joinPath(directory, name), { bigint: true });
      expect(readFileSync(joinPath(directory, 'dir/plain')).equals(Buffer.from(data))).toBe(true);
      expect(stat('dir/plain').mtimeNs).toBe(1_600_000_001_120_000_000n);
      expect(Number(stat('dir/plain').mode) & 0o7777).toBe(0o640);
      expect(stat('hard').ino).toBe(stat('dir/plain').ino);
      expect(Number(stat('dir').mode) & 0o7777).toBe(0o1755);
      expect(readFileSync(joinPath(directory, 'dir/\u00e9-\u2603'), 'utf8')).toBe('utf-8');
      expect(stat('dir/\u00e9-\u2603').mtimeNs).toBe(-5_000_000_000n);
      expect(readFileSync(joinPath(directory, long), 'utf8')).toBe('long');
      expect(stat(long).mtimeNs).toBe((8n ** 11n + 5n) * 1_000_000_000n);
      expect(readlinkSync(joinPath(directory, 'link'))).toBe(`/${'to/'.repeat(50)}it`);
      const listing = run(tool, ['-tvf', '-', '--numeric-owner'], tar).toString('latin1');
      expect(listing).toMatch(/4000000000[ /]+3000000000 .*owned/);
    });

  for (const tool of ['tar', 'bsdtar'] as const)
    it(`with names that are no UTF-8 is unpacked by ${tool}`, needs(tool), () => {
      const directory = joinPath(temporary.path, `${tool}-latin1`);
      mkdirSync(directory);
      const names = [bytesOf('caf\xe9'), bytesOf('\xff\xfe'.repeat(60))];
      run(tool, ['-xf', '-', '-C', directory], join(...names.map((path) => encoded({ path })), END_OF_TAR));
      const unpacked = readdirSync(Buffer.from(directory), 'buffer').map((name) => new Uint8Array(name));
      expect(unpacked.sort(Buffer.compare)).toEqual(names);
    });

  it('is read by tar-stream', async () => {
    const seen: unknown[] = [];
    const stream = extract();
    Readable.from([Buffer.from(tar)]).pipe(stream);
    for await (const entry of stream) {
      let bytes = 0;
      for await (const part of entry) bytes += part instanceof Uint8Array ? part.length : 0;
      seen.push([entry.header.name, entry.header.type, bytes]);
    }
    expect(seen).toEqual([
      ['dir/', 'directory', 0],
      ['dir/plain', 'file', 700],
      ['dir/\u00e9-\u2603', 'file', 5],
      [long, 'file', 4],
      ['link', 'symlink', 0],
      ['hard', 'link', 0],
      ['owned', 'file', 1],
    ]);
  });

  it('is read by node-tar, with owners and times', async () => {
    const seen: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      const parser = new Parser({
        strict: true,
        onReadEntry(entry) {
          seen.push([entry.path, entry.type, entry.uid, entry.mtime?.getTime()]);
          entry.resume();
        },
      });
      parser.on('end', resolve);
      parser.on('error', reject);
      parser.end(Buffer.from(tar));
    });
    expect(seen).toEqual([
      ['dir/', 'Directory', 0, 1_600_000_000_000],
      ['dir/plain', 'File', 0, 1_600_000_001_120],
      ['dir/\u00e9-\u2603', 'File', 0, -5000],
      [long, 'File', 0, (8 ** 11 + 5) * 1000],
      ['link', 'SymbolicLink', 0, 0],
      ['hard', 'Link', 0, 0],
      ['owned', 'File', 4_000_000_000, 0],
    ]);
  });

  it('ends with two blocks of zeros and is padded to whole blocks', () => {
    expect(END_OF_TAR).toEqual(new Uint8Array(1024));
    expect([0, 1, 511, 512, 513, 2 ** 53 - 1].map((size) => paddingFor(size).length)).toEqual([
      0, 511, 1, 0, 511, 1,
    ]);
    expect(walk(tar)).toMatchObject({ error: null, warnings: [] });
  });
});
