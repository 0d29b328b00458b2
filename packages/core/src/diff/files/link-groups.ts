import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from './content-key.js';
import { fieldSet } from './file-fields.js';
import type { TreeChanges } from './tree-changes.js';

const HARDLINKS = fieldSet('hardlinks');

/** Finds the paths of two trees whose hard links differ. */
export interface LinkGroups {
  /** Adds a path that both trees have; `reported` says whether a difference is reported. */
  addPair(nodeA: number, nodeB: number, reported: boolean): void;
  /** Records the differences after all pairs were added. */
  addTo(changes: TreeChanges): void;
}

/** For each content of a layer of A, by entry. */
interface Groups {
  /** The content of B at the first common path. */
  readonly partner: Float64Array;
  /** The number of common paths. */
  readonly pairs: Uint32Array;
  /** 1 where another common path has another content in B. */
  readonly split: Uint8Array;
}

/**
 * Two trees have the same hard links to a content where all its names in A are names of one content in B, and both
 * have the same number of names.
 */
export function createLinkGroups(a: Union, b: Union): LinkGroups {
  const groups: (Groups | undefined)[] = [];
  const reportedPairs: number[] = [];
  const groupsOf = (layer: number): Groups | undefined => {
    const count = a.layers[layer]?.count ?? 0;
    groups[layer] ??= {
      partner: new Float64Array(count),
      pairs: new Uint32Array(count),
      split: new Uint8Array(count),
    };
    return groups[layer];
  };
  const isSame = (nodeA: number, nodeB: number): boolean => {
    const group = groups[a.nodes.layerOf(nodeA)];
    const entry = a.nodes.entryOf(nodeA);
    const count = linksOf(a, nodeA);
    return count === linksOf(b, nodeB) && group?.split[entry] === 0 && group.pairs[entry] === count;
  };
  return {
    addPair(nodeA, nodeB, reported) {
      if (linksOf(a, nodeA) < 2 && linksOf(b, nodeB) < 2) return;
      if (reported) reportedPairs.push(nodeA, nodeB);
      const group = a.nodes.layerOf(nodeA) === NONE ? undefined : groupsOf(a.nodes.layerOf(nodeA));
      if (group === undefined) return;
      const entry = a.nodes.entryOf(nodeA);
      const partner = contentKey(b, nodeB);
      if (group.pairs[entry] === 0) group.partner[entry] = partner;
      else if (group.partner[entry] !== partner) group.split[entry] = 1;
      group.pairs[entry] = (group.pairs[entry] ?? 0) + 1;
    },
    addTo(changes) {
      if (reportedPairs.length === 0) return;
      const changeOf = new Int32Array(b.nodes.count);
      for (let change = 0; change < changes.count; change++) {
        const nodeB = changes.nodeB(change);
        if (nodeB !== NONE) changeOf[nodeB] = change + 1;
      }
      for (let i = 0; i < reportedPairs.length; i += 2) {
        const [nodeA = NONE, nodeB = NONE] = [reportedPairs[i], reportedPairs[i + 1]];
        if (isSame(nodeA, nodeB)) continue;
        const change = (changeOf[nodeB] ?? 0) - 1;
        if (change === NONE) changes.add(nodeA, nodeB, HARDLINKS);
        else changes.setFields(change, changes.fields(change) | HARDLINKS);
      }
    },
  };
}

/** Returns the number of hard links to the node's content; 1 for a directory. */
function linksOf({ nodes, names }: Union, node: number): number {
  return names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 1;
}

/** Returns whether a tree has hard links. */
export function hasLinks({ names }: Union): boolean {
  return names.some((counts) => counts.some((count) => count > 1));
}
