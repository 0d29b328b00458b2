import { base256, bytesOf, END, GNU, header, join, type RawFields, USTAR, V7 } from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { isTarHeader } from '../src/header.ts';
import { text, walk } from './support/read.ts';

function one(fields: RawFields) {
  const { entries, warnings, error } = walk(join(header(fields), END));
  expect(error).toBeNull();
  const entry = entries[0];
  if (entry === undefined) throw new Error('no entry');
  return { ...entry, path: text(entry.path), linkpath: text(entry.linkpath), warnings };
}

describe('a header block', () => {
  it('has every field', () => {
    const entry = one({
      name: 'dev/x',
      mode: 0o104755,
      uid: 1000,
      gid: 999,
      mtime: 1234567890,
      typeflag: '3',
      devmajor: 8,
      devminor: 17,
    });
    expect(entry).toMatchObject({
      path: 'dev/x',
      type: 'char',
      mode: 0o4755,
      uid: 1000,
      gid: 999,
      mtime: 1234567890,
      mtimeNs: 0,
      devmajor: 8,
      devminor: 17,
      size: 0,
      storedSize: 0,
      headerOffset: 0,
      dataOffset: 512,
      xattrs: null,
      sparse: null,
      warnings: [],
    });
  });

  it('has negative and distant times and large ids in base-256 fields', () => {
    const entry = one({
      mtime: base256(-86_400n, 12),
      uid: base256(4_294_967_294n, 8),
      gid: base256(-2n, 8),
      magic: GNU,
    });
    expect(entry).toMatchObject({ mtime: -86_400, uid: 4_294_967_294, gid: -2 });
    expect(one({ mtime: base256(253_402_300_800n, 12) }).mtime).toBe(253_402_300_800);
  });

  it('joins the USTAR prefix, also where both fields are full', () => {
    expect(one({ name: 'b', prefix: 'usr/share' }).path).toBe('usr/share/b');
    const full = one({ name: 'n'.repeat(100), prefix: 'p'.repeat(155), linkname: 'l'.repeat(100) });
    expect(full.path).toBe(`${'p'.repeat(155)}/${'n'.repeat(100)}`);
    expect(full.linkpath).toBe('l'.repeat(100));
  });

  it('does not read the times of a GNU header as a prefix', () => {
    expect(one({ magic: GNU, at: { 345: '14777777777\x0014777777777\0' } }).path).toBe('f');
    expect(one({ magic: GNU, at: { 345: base256(-5n, 12) } }).path).toBe('f');
    expect(one({ magic: GNU, at: { 357: '14777777777\0' } }).path).toBe('f');
  });

  it("reads text in their place as the prefix that Go's writer before 1.8 wrote, as Docker does", () => {
    expect(one({ magic: GNU, prefix: 'usr/share' }).path).toBe('usr/share/f');
    expect(one({ magic: GNU, prefix: bytesOf('usr/sh\xe4re') }).path).toBe('f');
  });

  it('does not read the times of a star header as part of its prefix', () => {
    const times = { 345: 'p'.repeat(131), 476: '14777777777 14777777777 ', 508: 'tar\0' };
    expect(one({ at: times }).path).toBe(`${'p'.repeat(131)}/f`);
  });

  it('has no prefix in V7', () => {
    expect(one({ magic: V7, prefix: 'usr', devmajor: 'junk', devminor: 'junk' })).toMatchObject({
      path: 'f',
      devmajor: 0,
      warnings: [],
    });
  });

  it('has names that are not UTF-8', () => {
    expect(one({ name: bytesOf('caf\xe9/\xff\x01\x1b[31m') }).path).toBe('caf\xe9/\xff\x01\x1b[31m');
  });

  it.each([
    ['\0', V7, 'file'],
    ['0', USTAR, 'file'],
    ['1', USTAR, 'link'],
    ['2', USTAR, 'symlink'],
    ['3', USTAR, 'char'],
    ['4', USTAR, 'block'],
    ['5', USTAR, 'directory'],
    ['6', USTAR, 'fifo'],
    ['7', USTAR, 'file'],
    ['D', GNU, 'directory'],
  ])('reads the type %j (%j) as %s', (typeflag, magic, type) => {
    expect(one({ typeflag, magic })).toMatchObject({ type, typeflag: typeflag.charCodeAt(0), warnings: [] });
  });

  it('reads a V7 name with a trailing slash as a directory, and only a V7 one', () => {
    expect(one({ name: 'd/', typeflag: '\0', magic: V7 }).type).toBe('directory');
    expect(one({ name: 'd/', typeflag: '0' }).type).toBe('file');
  });

  it('causes a warning for an unknown type, whose data is skipped', () => {
    const { entries, warnings } = walk(
      join(header({ typeflag: '\x9b', size: 5 }), new Uint8Array(512), header(), END),
    );
    expect(entries.map(({ type, storedSize, headerOffset }) => [type, storedSize, headerOffset])).toEqual([
      ['unknown', 5, 0],
      ['file', 0, 1024],
    ]);
    expect(warnings).toEqual([
      { code: 'tar-unknown-type', offset: 0, message: 'an entry has the unknown type 0x9b' },
    ]);
  });

  it.each(['mode', 'uid', 'gid', 'mtime', 'devmajor', 'devminor'] as const)(
    'counts an unreadable %s as 0 and warns',
    (field) => {
      const entry = one({ [field]: 'junk' });
      expect(entry[field]).toBe(0);
      expect(entry.warnings).toEqual([
        { code: 'tar-bad-number', offset: 0, message: `the field ${field} is malformed; using 0` },
      ]);
    },
  );

  it.each(['uid', 'gid'] as const)('has the low 32 bits of a %s that is too large, and warns', (field) => {
    const entry = one({ [field]: base256(-(2n ** 60n) - 2n, 8) });
    expect(entry[field]).toBe(4_294_967_294);
    const message = `the field ${field} is too large; using its low 32 bits`;
    expect(entry.warnings).toEqual([{ code: 'tar-large-id', offset: 0, message }]);
  });

  it.each([
    ['negative', base256(-512n, 12)],
    ['out-of-range', base256(2n ** 60n, 12)],
    ['malformed', '12 34'],
  ])('is an error with its offset where the size is %s', (why, size) => {
    const { entries, error } = walk(join(header(), header({ size }), END));
    expect(entries).toHaveLength(1);
    expect(error).toMatchObject({ code: 'ERR_LAYERS_TAR_NUMBER', offset: 512 });
    expect(error?.message).toContain(why);
  });

  it('is an error with its offset where the checksum is wrong', () => {
    const bad = header({ name: 'other' });
    bad[0] = 0x70;
    expect(walk(join(header(), bad, END)).error).toMatchObject({
      code: 'ERR_LAYERS_TAR_CHECKSUM',
      offset: 512,
    });
  });

  it('may have the sum of signed bytes, as old writers computed it', () => {
    const block = header({ name: bytesOf('\xe9\xe9') });
    const signed =
      256 +
      block.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0 : byte > 127 ? byte - 256 : byte), 0);
    block.set(bytesOf(`${signed.toString(8).padStart(6, '0')}\0 `), 148);
    expect(walk(join(block, END)).error).toBeNull();
  });

  it('is recognised by its checksum', () => {
    expect(isTarHeader(header())).toBe(true);
    expect(isTarHeader(header().subarray(0, 511))).toBe(false);
    expect(isTarHeader(new Uint8Array(512))).toBe(false);
    expect(isTarHeader(new Uint8Array(512).fill(0x20))).toBe(false);
  });
});
