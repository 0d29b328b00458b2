import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from './content-key.js';
import { fieldSet } from './file-fields.js';
import type { TreeChanges } from './tree-changes.js';

const HARDLINKS = fieldSet('hardlinks');

/** Finds the paths of two trees that share their content with other names in one than in the other. */
export interface LinkGroups {
  /** Says that a path is in both trees, and whether a difference of it is to be told. */
  meet(nodeA: number, nodeB: number, told: boolean): void;
  /** Adds what was found, once every path was met. */
  addTo(changes: TreeChanges): void;
}

/** For the contents of one layer of A: the content of B that their names met first, how often, and whether another. */
interface Groups {
  readonly partner: Float64Array;
  readonly met: Uint32Array;
  readonly split: Uint8Array;
}

/**
 * The names of a content are the same in both trees where all its names in A are names of one content in B, and
 * there are as many of them.
 */
export function createLinkGroups(a: Union, b: Union): LinkGroups {
  const groups: (Groups | undefined)[] = [];
  const told: number[] = [];
  const groupsOf = (layer: number): Groups | undefined => {
    const count = a.layers[layer]?.count ?? 0;
    groups[layer] ??= {
      partner: new Float64Array(count),
      met: new Uint32Array(count),
      split: new Uint8Array(count),
    };
    return groups[layer];
  };
  const isSame = (nodeA: number, nodeB: number): boolean => {
    const group = groups[a.nodes.layerOf(nodeA)];
    const entry = a.nodes.entryOf(nodeA);
    const count = linksOf(a, nodeA);
    return count === linksOf(b, nodeB) && group?.split[entry] === 0 && group.met[entry] === count;
  };
  return {
    meet(nodeA, nodeB, isTold) {
      if (linksOf(a, nodeA) < 2 && linksOf(b, nodeB) < 2) return;
      if (isTold) told.push(nodeA, nodeB);
      const group = a.nodes.layerOf(nodeA) === NONE ? undefined : groupsOf(a.nodes.layerOf(nodeA));
      if (group === undefined) return;
      const entry = a.nodes.entryOf(nodeA);
      const partner = contentKey(b, nodeB);
      if (group.met[entry] === 0) group.partner[entry] = partner;
      else if (group.partner[entry] !== partner) group.split[entry] = 1;
      group.met[entry] = (group.met[entry] ?? 0) + 1;
    },
    addTo(changes) {
      if (told.length === 0) return;
      const changeOf = new Int32Array(b.nodes.count);
      for (let change = 0; change < changes.count; change++) {
        const nodeB = changes.nodeB(change);
        if (nodeB !== NONE) changeOf[nodeB] = change + 1;
      }
      for (let i = 0; i < told.length; i += 2) {
        const [nodeA = NONE, nodeB = NONE] = [told[i], told[i + 1]];
        if (isSame(nodeA, nodeB)) continue;
        const change = (changeOf[nodeB] ?? 0) - 1;
        if (change === NONE) changes.add(nodeA, nodeB, HARDLINKS);
        else changes.setFields(change, changes.fields(change) | HARDLINKS);
      }
    },
  };
}

/** How many paths share the node's inode; a directory has but one. */
function linksOf({ nodes, names }: Union, node: number): number {
  return names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 1;
}

/** Whether a content of the tree has several names. */
export function hasLinks({ names }: Union): boolean {
  return names.some((counts) => counts.some((count) => count > 1));
}
