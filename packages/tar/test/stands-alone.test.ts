import { describe, expect, it } from 'vitest';
import { END, globalPax, header, join, member, pax } from './support/build.ts';
import { walk } from './support/read.ts';

const standing = (...parts: Uint8Array[]): boolean[] =>
  walk(join(...parts, END)).entries.map(({ isSelfContained }) => isSelfContained);

describe('headers stand alone', () => {
  it('where nothing outside of them has a say', () => {
    expect(standing(member({ name: 'a' }, 'x'), pax(['path', 'long']), member({ name: 'b' }, 'y'))).toEqual([
      true,
      true,
    ]);
    expect(standing(globalPax(['comment', 'of git archive']), member({ name: 'a' }, 'x'))).toEqual([true]);
  });

  it('but not behind a global header that says something of every member', () => {
    expect(standing(member({ name: 'a' }, ''), globalPax(['gid', '4']), member({ name: 'b' }, ''))).toEqual([
      true,
      false,
    ]);
  });

  it('but not where something was odd about that member', () => {
    expect(
      standing(
        header({ name: 'link', typeflag: '2', linkname: 'x', size: 5 }),
        header({ name: 'c', typeflag: '5' }),
      ),
    ).toEqual([false, true]);
    expect(standing(pax(['mtime', 'soon']), member({ name: 'a' }, ''), member({ name: 'b' }, ''))).toEqual([
      false,
      true,
    ]);
  });

  it('but not where a directory has data that only GNU tar knows', () => {
    expect(standing(header({ name: 'd/', typeflag: 'D', size: 0 }))).toEqual([false]);
  });
});
