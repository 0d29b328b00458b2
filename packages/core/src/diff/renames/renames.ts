import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from '../files/content-key.js';
import type { TreeChanges } from '../files/tree-changes.js';
import { moveDirectories } from './moved-directories.js';
import { classify, createOneSided, type OneSided } from './one-sided.js';
import { pairByPath } from './pair-by-path.js';
import { NO_RENAMES, type Rename, type RenameOptions, type Renames } from './rename.js';

/** Matching needs some hundred bytes of memory for each path. */
const MAX_PATHS = 500_000;

/**
 * Finds renames: removed files whose content was added under another path, and directories that were removed as a
 * whole and added under another path with the same names, attributes and contents. Empty files and empty directories
 * are never renames. Swapping A and B gives the inverse renames.
 *
 * Does not search where more than 500,000 paths are in one image only: such images have little in common. Reads the
 * files that neither sizes nor fingerprints rule out.
 *
 * @throws LayersError ERR_LAYERS_READ
 */
export async function findRenames(
  changes: TreeChanges,
  a: Union,
  b: Union,
  comparer: ContentComparer,
  options: RenameOptions,
): Promise<Renames> {
  const removed = createOneSided(a);
  const added = createOneSided(b);
  for (let change = 0; change < changes.count; change++) {
    if (changes.nodeB(change) === NONE) removed.nodes.push(changes.nodeA(change));
    else if (changes.nodeA(change) === NONE) added.nodes.push(changes.nodeB(change));
  }
  if (removed.nodes.length === 0 || added.nodes.length === 0) return NO_RENAMES;
  if (removed.nodes.length + added.nodes.length > MAX_PATHS) return { ...NO_RENAMES, searched: false };
  await classify(removed, added, comparer, options.signal);
  const list = options.filesOnly === true ? [] : moveDirectories(removed, added, options);
  for (const rename of moveFiles(removed, added)) {
    removed.moved.add(rename.nodeA);
    added.moved.add(rename.nodeB);
    list.push(rename);
  }
  return { list, movedA: removed.moved, movedB: added.moved, searched: true };
}

function moveFiles(removed: OneSided, added: OneSided): Rename[] {
  const filesOf = (side: OneSided): Map<string, number[]> => {
    const files = new Map<string, number[]>();
    for (const node of side.nodes) {
      const content = side.classes.get(contentKey(side.union, node));
      if (content === undefined || side.moved.has(node)) continue;
      const known = files.get(content);
      if (known === undefined) files.set(content, [node]);
      else known.push(node);
    }
    return files;
  };
  const to = filesOf(added);
  const renames: Rename[] = [];
  for (const [content, nodes] of filesOf(removed)) {
    for (const [nodeA, nodeB] of pairByPath(removed.union, nodes, added.union, to.get(content) ?? [])) {
      renames.push({ nodeA, nodeB, entries: 0 });
    }
  }
  return renames;
}
