import type { TreeDocument, TreeNode } from '@layers/core/analysis';
import { describe, expect, it } from 'vitest';
import { renderTree } from '../../src/render/tree.ts';
import { viewOfWidth } from '../support/views.ts';

const node = (name: string, more: Partial<TreeNode> = {}): TreeNode => ({
  name,
  type: 'file',
  sizeBytes: 10,
  files: 1,
  ...more,
});

const document = (tree: TreeNode): TreeDocument => ({
  schemaVersion: 2,
  source: { path: 'a.tar', format: 'oci-archive', variant: null, compression: null, sizeBytes: 1 },
  image: { id: null, manifestDigest: null, tags: [], platform: null, created: null, config: {} },
  layer: null,
  waste: false,
  path: '/',
  tree,
  findings: [],
});

const BY_NAME = { sort: 'name', top: Infinity } as const;

describe('renderTree', () => {
  it('draws branches, sizes, targets and the number of omitted files', () => {
    const children = [
      node('dir', { type: 'directory', sizeBytes: 2000, files: 2, children: [node('a'), node('b\x1b')] }),
      node('link', { type: 'symlink', sizeBytes: 0, files: 0, linkname: 'to\n' }),
      node('more', { type: 'directory', sizeBytes: 30, files: 3 }),
    ];
    const root = node('/', { type: 'directory', sizeBytes: 2030, files: 5, children });
    expect([...renderTree(document(root), BY_NAME, viewOfWidth(80))].join('')).toBe(`\
2.03 kB  100.0 %  /
   2 kB   98.5 %  ├── dir/
   10 B    0.4 %  │   ├── a
   10 B    0.4 %  │   └── b\\x1b
                  ├── link -> to\\n
   30 B    1.4 %  └── more/  (3 files)

2.03 kB in 5 files
`);
  });

  it('sums up small entries of directories with many, and other names of a file; what a layer removes stays', () => {
    const children = [
      node('large', { sizeBytes: 9000 }),
      node('again', { sizeBytes: 9000, sameFileAs: 'large' }),
      node('few', {
        type: 'directory',
        sizeBytes: 990,
        files: 1,
        children: [node('x', { sizeBytes: 990 }), node('tiny', { sizeBytes: 0 })],
      }),
      node('gone', { type: 'whiteout', sizeBytes: 0, files: 0 }),
      ...Array.from({ length: 8 }, (_, i) => node(`s${i}`, { sizeBytes: 1 })),
    ];
    const root = node('/', { type: 'directory', sizeBytes: 9998, files: 11, children });
    expect([...renderTree(document(root), { sort: 'size' }, viewOfWidth(80))].join('')).toBe(`\
  10 kB  100.0 %  /
   9 kB   90.0 %  ├── large
  990 B    9.9 %  ├── few/
  990 B    9.9 %  │   ├── x
    0 B    0.0 %  │   └── tiny
                  ├── gone
    8 B    0.0 %  └── … 9 more entries

10 kB in 11 files
`);
    const all = [...renderTree(document(root), { sort: 'size', top: Infinity }, viewOfWidth(80))].join('');
    expect(all).toContain('    0 B    0.0 %  ├── again  (a hard link to large)\n');
    expect(all.split('\n')).toHaveLength(18);
  });

  it('shows the sum alone where all entries of a directory are small', () => {
    const small = Array.from({ length: 11 }, (_, i) => node(`s${i}`, { sizeBytes: 1 }));
    const dir = node('dir', { type: 'directory', sizeBytes: 11, files: 11, children: small });
    const root = node('/', {
      type: 'directory',
      sizeBytes: 20_011,
      files: 12,
      children: [dir, node('f', { sizeBytes: 20_000 })],
    });
    expect([...renderTree(document(root), { sort: 'name' }, viewOfWidth(80))].slice(1, 3)).toEqual([
      '   11 B    0.0 %  ├── dir/\n',
      '   11 B    0.0 %  │   └── … 11 entries\n',
    ]);
  });

  it('supports trees deeper than the call stack', () => {
    let tree = node('bottom');
    for (let i = 0; i < 3000; i++) tree = node('d', { type: 'directory', children: [tree] });
    expect([...renderTree(document(tree), BY_NAME, viewOfWidth(80))]).toHaveLength(3002);
  });
});
