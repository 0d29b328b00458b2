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

  it('supports trees deeper than the call stack', () => {
    let tree = node('bottom');
    for (let i = 0; i < 3000; i++) tree = node('d', { type: 'directory', children: [tree] });
    expect([...renderTree(document(tree), BY_NAME, viewOfWidth(80))]).toHaveLength(3002);
  });
});
