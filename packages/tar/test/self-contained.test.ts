import { END, entryWith, GNU, globalPax, gnuLong, header, join, pax, record } from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { walk } from './support/read.ts';

const selfContained = (...parts: Uint8Array[]): boolean[] =>
  walk(join(...parts, END)).entries.map(({ isSelfContained }) => isSelfContained);

describe('isSelfContained', () => {
  it('is true where only its own headers define an entry', () => {
    expect(
      selfContained(entryWith({ name: 'a' }, 'x'), pax(['path', 'long']), entryWith({ name: 'b' }, 'y')),
    ).toEqual([true, true]);
    expect(selfContained(globalPax(['comment', 'of git archive']), entryWith({ name: 'a' }, 'x'))).toEqual([
      true,
    ]);
  });

  it('is false after a global header that applies to all entries', () => {
    expect(
      selfContained(entryWith({ name: 'a' }, ''), globalPax(['gid', '4']), entryWith({ name: 'b' }, '')),
    ).toEqual([true, false]);
  });

  it('is false where the headers of the entry caused a warning', () => {
    expect(
      selfContained(
        header({ name: 'link', typeflag: '2', linkname: 'x', size: 5 }),
        header({ name: 'c', typeflag: '5' }),
      ),
    ).toEqual([false, true]);
    expect(
      selfContained(pax(['mtime', 'soon']), entryWith({ name: 'a' }, ''), entryWith({ name: 'b' }, '')),
    ).toEqual([false, true]);
  });

  it.each([
    ['a dump directory of GNU tar', header({ name: 'd/', typeflag: 'D' })],
    ['a contiguous file', entryWith({ name: 'f', typeflag: '7' }, 'x')],
    ['a sparse file of GNU tar', entryWith({ name: 'f', typeflag: 'S', magic: GNU })],
    ['a time of access that is not one', join(pax(['atime', '1e3']), header())],
    ['a time of change that is not one', join(pax(['ctime', 'soon']), header())],
    ['a NUL in the name of a user', join(pax(['uname', 'a\0b']), header())],
    ['a NUL in a key', join(pax(['a\0b', 'x']), header())],
    ['an empty key', join(pax(['', 'x']), header())],
    [
      'NULs after the records',
      join(entryWith({ typeflag: 'x' }, join(record('comment', 'x'), new Uint8Array(4))), header()),
    ],
  ])('is false for %s, which Docker refuses', (_, entry) => {
    expect(selfContained(entry)).toEqual([false]);
  });

  it('is true for records that Docker ignores', () => {
    for (const records of [
      pax(['VENDOR.key', 'x'], ['comment', 'x']),
      pax(['atime', '1.5'], ['ctime', '']),
      pax(['VENDOR.key', 'a\0b']),
    ])
      expect(selfContained(records, header())).toEqual([true]);
  });

  it('is false after an empty GNU long name, which readers treat differently', () => {
    expect(selfContained(gnuLong('L', ''), header({ name: 'a' }))).toEqual([false]);
  });
});
