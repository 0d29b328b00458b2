import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../../src/render/diff/details.ts';
import { changed } from '../../support/diff-documents.ts';
import { viewOfWidth } from '../../support/views.ts';

const view = viewOfWidth(100);

describe('detailsOf', () => {
  it.each([
    ['file -> symlink', changed('/x', ['type'], { a: { type: 'file' }, b: { type: 'symlink' } })],
    ['content', changed('/x', ['content'], { sizeBytesA: 5, sizeBytesB: 5 })],
    ['5 B -> 7 B', changed('/x', ['content', 'size'], { sizeBytesA: 5, sizeBytesB: 7 })],
    ['mode 0644 -> 4755', changed('/x', ['mode'], { a: { mode: 0o644 }, b: { mode: 0o4755 } })],
    ['owner 0:0 -> 5:6', changed('/x', ['owner'], { a: { uid: 0, gid: 0 }, b: { uid: 5, gid: 6 } })],
    ['target "" -> "a b\\n"', changed('/x', ['target'], { a: { linkname: '' }, b: { linkname: 'a b\n' } })],
    [
      'target "x" -> "\\xff"',
      changed('/x', ['target'], { a: { linkname: 'x' }, b: { linkname: '\ufffd', linknameBase64: '/w==' } }),
    ],
    [
      'device 1,3 -> 1,5',
      changed('/x', ['device'], { a: { devmajor: 1, devminor: 3 }, b: { devmajor: 1, devminor: 5 } }),
    ],
    [
      'xattrs -user.a ~user.b +user.c',
      changed('/x', ['xattrs'], {
        a: { xattrs: { 'user.a': '', 'user.b': 'AA==', 'user.d': '' } },
        b: { xattrs: { 'user.c': '', 'user.b': 'AQ==', 'user.d': '' } },
      }),
    ],
    [
      'hard links: 1 name -> 2 names',
      changed('/x', ['hardlinks'], { a: { hardlinks: ['/x'] }, b: { hardlinks: ['/x', '/y'] } }),
    ],
    [
      'mtime 1970-01-01 00:00 -> 1970-01-01 00:02',
      changed('/x', ['mtime'], { a: { mtime: 0 }, b: { mtime: 120 } }),
    ],
    ['mtime @0 -> @0+5ns', changed('/x', ['mtime'], { a: { mtime: 0 }, b: { mtime: 0, mtimeNs: 5 } })],
    [
      'mode 0644 -> 0600, mtime @0 -> @1',
      changed('/x', ['mode', 'mtime'], { a: { mode: 0o644, mtime: 0 }, b: { mode: 0o600, mtime: 1 } }),
    ],
  ])('says %s', (text, change) => {
    expect(detailsOf(change, view)).toBe(text);
  });

  it('shows some of many attributes, and all without truncation', () => {
    const xattrs = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`user.${i}`, '']));
    const change = changed('/x', ['xattrs'], { a: { xattrs: {} }, b: { xattrs } });
    expect(detailsOf(change, view)).toContain('and 45 more');
    expect(detailsOf(change, viewOfWidth(100, { trunc: false })).split(' ')).toHaveLength(51);
  });
});
