import { Kind } from '../../rootfs/kind.js';
import { NONE, ROOT } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import type { PathFilter } from '../paths/selected-paths.js';
import { createContentCount } from './content-count.js';
import { comparesContents, differingFields, type Inode, NO_FIELDS } from './file-fields.js';
import { createLinkGroups, hasLinks } from './link-groups.js';
import { createTreeChanges, type TreeChanges } from './tree-changes.js';

/** The differences between two root file systems that their headers show. */
export interface TreeComparison {
  readonly changes: TreeChanges;
  /** Changes of two files of the same size whose contents must be compared. They may have no fields yet. */
  readonly undecided: readonly number[];
  /** Bytes of the files on the included paths of B minus those of A, each content counted once. */
  readonly deltaBytes: number;
  /** The number of different paths that the filter includes. */
  readonly comparedPaths: number;
}

/**
 * Walks two trees together and compares the headers of the paths that both have. The same entry of the same
 * changeset needs no comparison. Pure: reads no contents.
 *
 * @param filter excluded paths are neither compared nor counted
 * @param sharedNodes the number of first nodes that represent the same paths in both trees
 */
export function compareTrees(a: Union, b: Union, filter: PathFilter, sharedNodes = 1): TreeComparison {
  const changes = createTreeChanges();
  const undecided: number[] = [];
  const links = createLinkGroups(a, b);
  const countA = createContentCount(a);
  const countB = createContentCount(b);
  const stackA: number[] = [];
  const stackB: number[] = [];
  const paths: string[] = [];
  // The names of a content are known only after the whole tree was walked.
  const hasSeveralNames = hasLinks(a) || hasLinks(b);
  const prunes = filter.all || hasSeveralNames ? () => false : filter.prunes;

  const includes = filter.all ? () => true : filter.included;

  /** Returns the live node of the other tree at the same path; `parent` is the parent's node in that tree. */
  const twinOf = (from: Union, node: number, to: Union, parent: number): number => {
    if (node < sharedNodes) return to.nodes.isLive(node) ? node : NONE;
    const name = from.nodes.nameOf(node);
    const twin = to.nodes.find(parent, name, 0, name.length);
    return twin !== NONE && to.nodes.isLive(twin) ? twin : NONE;
  };

  let comparedPaths = 0;

  const compareNodes = (nodeA: number, nodeB: number): void => {
    comparedPaths++;
    const isUntouched =
      a.nodes.entryOf(nodeA) === b.nodes.entryOf(nodeB) &&
      a.layers[a.nodes.layerOf(nodeA)] === b.layers[b.nodes.layerOf(nodeB)] &&
      a.nodes.kindOf(nodeA) === b.nodes.kindOf(nodeB);
    // A content of both images does not change the difference of the sums.
    if (isUntouched && !hasSeveralNames) return;
    countA.add(nodeA);
    countB.add(nodeB);
    if (isUntouched) return;
    const inodeA = inodeOf(a, nodeA);
    const inodeB = inodeOf(b, nodeB);
    const fields = differingFields(inodeA, inodeB);
    if (comparesContents(inodeA, inodeB)) undecided.push(changes.add(nodeA, nodeB, fields));
    else if (fields !== NO_FIELDS) changes.add(nodeA, nodeB, fields);
  };

  /** Adds a node that only one image has, with all its descendants. */
  const addOneSided = (union: Union, top: number, path: string, side: 'a' | 'b'): void => {
    const nodes = [top];
    const below = [path];
    while (nodes.length > 0) {
      const node = nodes.pop() ?? top;
      const at = below.pop() ?? '';
      if (includes(at)) {
        comparedPaths++;
        if (side === 'a') {
          countA.add(node);
          changes.add(node, NONE, NO_FIELDS);
        } else {
          countB.add(node);
          changes.add(NONE, node, NO_FIELDS);
        }
      }
      if (prunes(at)) continue;
      for (let child = union.nodes.firstChild(node); child !== NONE; child = union.nodes.nextSibling(child)) {
        nodes.push(child);
        below.push(filter.all ? '' : pathBelow(union, at, child));
      }
    }
  };

  const addDescendants = (union: Union, directory: number, path: string, side: 'a' | 'b'): void => {
    const { nodes } = union;
    for (let child = nodes.firstChild(directory); child !== NONE; child = nodes.nextSibling(child)) {
      addOneSided(union, child, filter.all ? '' : pathBelow(union, path, child), side);
    }
  };

  if (includes('/')) compareNodes(ROOT, ROOT);
  stackA.push(ROOT);
  stackB.push(ROOT);
  paths.push('');
  while (stackA.length > 0) {
    const directoryA = stackA.pop() ?? ROOT;
    const directoryB = stackB.pop() ?? ROOT;
    const path = paths.pop() ?? '';
    for (let nodeB = b.nodes.firstChild(directoryB); nodeB !== NONE; nodeB = b.nodes.nextSibling(nodeB)) {
      const at = filter.all ? '' : pathBelow(b, path, nodeB);
      const nodeA = twinOf(b, nodeB, a, directoryA);
      if (nodeA === NONE) {
        addOneSided(b, nodeB, at, 'b');
        continue;
      }
      const included = includes(at);
      links.addPair(nodeA, nodeB, included);
      if (included) compareNodes(nodeA, nodeB);
      if (prunes(at)) continue;
      const isDirectoryA = a.nodes.kindOf(nodeA) === Kind.directory;
      const isDirectoryB = b.nodes.kindOf(nodeB) === Kind.directory;
      if (isDirectoryA && isDirectoryB) {
        stackA.push(nodeA);
        stackB.push(nodeB);
        paths.push(at);
      } else if (isDirectoryA) addDescendants(a, nodeA, at, 'a');
      else if (isDirectoryB) addDescendants(b, nodeB, at, 'b');
    }
    for (let nodeA = a.nodes.firstChild(directoryA); nodeA !== NONE; nodeA = a.nodes.nextSibling(nodeA)) {
      if (twinOf(a, nodeA, b, directoryB) !== NONE) continue;
      addOneSided(a, nodeA, filter.all ? '' : pathBelow(a, path, nodeA), 'a');
    }
  }
  links.addTo(changes);
  return { changes, undecided, deltaBytes: countB.bytes - countA.bytes, comparedPaths };
}

function pathBelow({ nodes }: Union, path: string, node: number): string {
  return `${path}/${Buffer.from(nodes.nameOf(node)).toString('utf8')}`;
}

export function inodeOf({ nodes, layers }: Union, node: number): Inode {
  return {
    kind: nodes.kindOf(node),
    changeset: layers[nodes.layerOf(node)] ?? null,
    entry: nodes.entryOf(node),
  };
}
