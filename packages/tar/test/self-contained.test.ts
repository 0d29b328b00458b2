import { describe, expect, it } from 'vitest';
import { END, entryWith, globalPax, header, join, pax } from './support/build.ts';
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

  it('is false for a dump directory of GNU tar', () => {
    expect(selfContained(header({ name: 'd/', typeflag: 'D', size: 0 }))).toEqual([false]);
  });
});
