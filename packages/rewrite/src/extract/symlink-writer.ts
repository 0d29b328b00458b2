import { symlinkSync } from 'node:fs';
import { linkTargetOf, type Union } from '@layers/core/rootfs';
import type { ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** Makes symlinks with the exact bytes of their targets. */
export interface SymlinkWriter {
  /** Returns false if the symlink could not be made, and adds to the report. */
  make(node: number): boolean;
}

const EMPTY = new Uint8Array(0);

/** File systems without symlinks, and targets that are too long. */
const SYMLINK_ERRORS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENAMETOOLONG',
  'EINVAL',
]);

export function createSymlinkWriter(
  { nodes, layers }: Union,
  tree: TreeWriter,
  report: ReportBuilder,
): SymlinkWriter {
  return {
    make(node) {
      const changeset = layers[nodes.layerOf(node)];
      const target = changeset === undefined ? EMPTY : linkTargetOf(changeset, nodes.entryOf(node));
      if (target.length === 0 || target.includes(0)) {
        report.addNotDone(node, 'symlink', () => 'its target is empty or contains a NUL byte');
        return false;
      }
      const make = (path: Buffer): void => symlinkSync(Buffer.from(target), path);
      if (!tree.make(node, make, 'symlink', SYMLINK_ERRORS)) return false;
      report.count('symlinks');
      return true;
    },
  };
}
