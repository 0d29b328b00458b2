import type { Layer } from './handmade.ts';

/** A rule of the union, and what Docker and umoci do. */
export interface Rule {
  name: string;
  layers: Layer[];
  /** What Docker does differently: it refuses the layer, or its tree has these differences. */
  docker?: 'refuses' | string[];
  /** The same of umoci. */
  umoci?: 'refuses' | string[];
}

export const unionRules: Rule[] = [
  { name: 'a whiteout hides a file', layers: [['a', 'b'], ['.wh.a']] },
  {
    name: 'a whiteout hides a folder and what is in it',
    layers: [['d/', 'd/a', 'd/e/', 'd/e/b'], ['.wh.d']],
  },
  {
    name: 'an opaque marker before new children',
    layers: [
      ['d/', 'd/a'],
      ['d/', 'd/.wh..wh..opq', 'd/b'],
    ],
  },
  {
    name: 'an opaque marker after new children',
    layers: [
      ['d/', 'd/a'],
      ['d/', 'd/b', 'd/.wh..wh..opq'],
    ],
  },
  {
    name: 'an opaque marker hides whole subtrees',
    layers: [
      ['d/', 'd/e/', 'd/e/a'],
      ['d/', 'd/.wh..wh..opq', 'd/e/', 'd/e/b'],
    ],
  },
  { name: 'a file after its own whiteout', layers: [['a'], ['.wh.a', { path: 'a', content: 'new' }]] },
  {
    name: 'a folder after its own whiteout',
    layers: [
      ['d/', 'd/a'],
      ['.wh.d', 'd/', 'd/b'],
    ],
    docker: ['"/d/a": theirs only (file)'],
  },
  {
    name: 'a file before its own whiteout',
    layers: [['a'], [{ path: 'a', content: 'new' }, '.wh.a']],
    docker: 'refuses',
  },
  { name: 'a whiteout of nothing', layers: [['a'], ['.wh.b']] },
  {
    name: 'a whiteout in a folder that is not there',
    layers: [['a'], ['d/.wh.b']],
    docker: ['"/d": theirs only (directory)'],
  },
  { name: 'a bare whiteout', layers: [['a'], ['.wh.']], docker: 'refuses', umoci: 'refuses' },
  { name: 'bookkeeping of AUFS', layers: [['a'], ['.wh..wh.plnk/', '.wh..wh.aufs', 'b']] },
  {
    name: 'a folder over a folder',
    layers: [
      ['d/', 'd/a'],
      [{ path: 'd/', type: 'Directory', mode: 0o700, uid: 5 }, 'd/b'],
    ],
  },
  { name: 'a file over a folder', layers: [['d/', 'd/a'], ['d']] },
  { name: 'a folder over a file', layers: [['d'], ['d/', 'd/a']] },
  {
    name: 'a symbolic link over a folder',
    layers: [['d/', 'd/a', 'e/'], [{ path: 'd', type: 'SymbolicLink', linkpath: 'e' }]],
  },
  { name: 'folder, file, folder', layers: [['d/', 'd/a'], ['d'], ['d/', 'd/b']] },
  {
    name: 'no headers for new parents',
    layers: [['d/e/a']],
    docker: ['"/d": mtime now (theirs)', '"/d/e": mtime now (theirs)'],
    umoci: ['"/d": mtime now (theirs)', '"/d/e": mtime now (theirs)'],
  },
  {
    name: 'no headers for parents that are there',
    layers: [[{ path: 'd/', type: 'Directory', mode: 0o700, uid: 5 }], ['d/a']],
    docker: [
      '"/d": mode 700 (ours), 755 (theirs)',
      '"/d": uid 5 (ours), 0 (theirs)',
      '"/d": gid 5 (ours), 0 (theirs)',
      '"/d": mtime now (theirs)',
    ],
  },
  {
    name: 'an entry under a symbolic link of a lower layer',
    layers: [
      ['usr/', 'usr/lib/', 'usr/lib/a', { path: 'lib', type: 'SymbolicLink', linkpath: 'usr/lib' }],
      ['lib/x'],
    ],
    docker: ['"/lib": mtime now (theirs)'],
    // umoci extracts in place, so it follows the link.
    umoci: [
      '"/lib": type directory (ours), symlink (theirs)',
      '"/lib": mtime differs',
      '"/lib": target undefined (ours), usr/lib (theirs)',
      '"/lib/x": ours only (file)',
      '"/usr/lib/x": theirs only (file)',
    ],
  },
  { name: 'a hard link whose target is deleted', layers: [['a', link('b', 'a')], ['.wh.a']] },
  {
    name: 'a hard link whose target is overwritten',
    layers: [['a', link('b', 'a')], [{ path: 'a', content: 'other' }]],
  },
  { name: 'a hard link to a path of a lower layer', layers: [['a'], [link('b', 'a')]], docker: 'refuses' },
  { name: 'one path twice', layers: [['a', { path: 'a', content: 'again' }]], docker: 'refuses' },
  { name: 'names with dots and slashes', layers: [['./', './d/', './/d//a', 'd/./b']] },
  { name: 'an absolute name', layers: [['/d/', '/d/a']] },
  { name: 'the highest id of an octal field', layers: [[{ path: 'a', content: 'a', uid: 0o7777777 }]] },
  { name: 'a set-user-id file and a sticky folder', layers: [[mode('s', 0o6755), mode('t/', 0o1777)]] },
  { name: 'a FIFO over a file', layers: [['a'], [{ path: 'a', type: 'FIFO' }]] },
  { name: 'an empty layer between', layers: [['a'], [], ['b']] },
];

function link(path: string, linkpath: string): { path: string; type: 'Link'; linkpath: string } {
  return { path, type: 'Link', linkpath };
}

function mode(path: string, bits: number): { path: string; type: 'File' | 'Directory'; mode: number } {
  return { path, type: path.endsWith('/') ? 'Directory' : 'File', mode: bits };
}
