import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from '../files/content-key.js';
import type { TreeChanges } from '../files/tree-changes.js';
import { moveDirectories } from './moved-directories.js';
import { classify, createOneSided, type OneSided } from './one-sided.js';
import { pairByPath } from './pair-by-path.js';
import { NO_RENAMES, type Rename, type RenameOptions, type Renames } from './rename.js';

/** What is kept of each while they are matched takes some hundred bytes. */
const MAX_PATHS = 500_000;

/**
 * Finds what moved: files that are gone whose bytes appeared under another path, and directories that are gone
 * whole and appeared elsewhere with the same names, attributes and bytes. Empty files and empty directories are
 * like each other for no reason, and are left alone. A to B gives the mirror image of B to A.
 *
 * Not sought where more than 500,000 paths are on one side only: these are other images, and nothing moved.
 * Reads files of which neither fingerprints nor sizes say that they cannot have moved. Throws ERR_LAYERS_READ.
 */
export async function findRenames(
  changes: TreeChanges,
  a: Union,
  b: Union,
  comparer: ContentComparer,
  options: RenameOptions,
): Promise<Renames> {
  const gone = createOneSided(a);
  const come = createOneSided(b);
  for (let change = 0; change < changes.count; change++) {
    if (changes.nodeB(change) === NONE) gone.nodes.push(changes.nodeA(change));
    else if (changes.nodeA(change) === NONE) come.nodes.push(changes.nodeB(change));
  }
  if (gone.nodes.length === 0 || come.nodes.length === 0) return NO_RENAMES;
  if (gone.nodes.length + come.nodes.length > MAX_PATHS) return { ...NO_RENAMES, searched: false };
  await classify(gone, come, comparer, options.signal);
  const list = options.filesOnly === true ? [] : moveDirectories(gone, come, options);
  for (const rename of moveFiles(gone, come)) {
    gone.moved.add(rename.nodeA);
    come.moved.add(rename.nodeB);
    list.push(rename);
  }
  return { list, movedA: gone.moved, movedB: come.moved, searched: true };
}

function moveFiles(gone: OneSided, come: OneSided): Rename[] {
  const filesOf = (side: OneSided): Map<string, number[]> => {
    const files = new Map<string, number[]>();
    for (const node of side.nodes) {
      const of = side.classes.get(contentKey(side.union, node));
      if (of === undefined || side.moved.has(node)) continue;
      const known = files.get(of);
      if (known === undefined) files.set(of, [node]);
      else known.push(node);
    }
    return files;
  };
  const to = filesOf(come);
  const renames: Rename[] = [];
  for (const [content, nodes] of filesOf(gone)) {
    for (const [nodeA, nodeB] of pairByPath(gone.union, nodes, come.union, to.get(content) ?? [])) {
      renames.push({ nodeA, nodeB, entries: 0 });
    }
  }
  return renames;
}
