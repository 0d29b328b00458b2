import { growTogether, indexColumn, shortsColumn } from '../../rootfs/columns.js';
import { NONE } from '../../rootfs/node-table.js';
import type { FieldSet } from './file-fields.js';

/** The paths that differ between two trees, in columns of typed arrays, because there may be millions. */
export interface TreeChanges {
  readonly count: number;
  /** The path's node in A; NONE for an added path. */
  nodeA(change: number): number;
  /** The path's node in B; NONE for a removed path. */
  nodeB(change: number): number;
  /** The differing fields of a path that both trees have. */
  fields(change: number): FieldSet;
  /** Returns the index of the new change. */
  add(nodeA: number, nodeB: number, fields: FieldSet): number;
  setFields(change: number, fields: FieldSet): void;
}

export function createTreeChanges(): TreeChanges {
  const nodesA = indexColumn();
  const nodesB = indexColumn();
  const fields = shortsColumn();
  const ensure = growTogether([nodesA, nodesB, fields]);
  let count = 0;
  return {
    get count() {
      return count;
    },
    nodeA: (change) => nodesA.values[change] ?? NONE,
    nodeB: (change) => nodesB.values[change] ?? NONE,
    fields: (change) => fields.values[change] ?? 0,
    add(nodeA, nodeB, set) {
      const change = count++;
      ensure(count);
      nodesA.values[change] = nodeA;
      nodesB.values[change] = nodeB;
      fields.values[change] = set;
      return change;
    },
    setFields(change, set) {
      fields.values[change] = set;
    },
  };
}
