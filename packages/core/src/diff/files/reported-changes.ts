import { NONE } from '../../rootfs/node-table.js';
import type { Ignorable } from '../ignorable.js';
import type { Rename, Renames } from '../renames/rename.js';
import { type FieldSet, fieldSet, NO_FIELDS } from './file-fields.js';
import type { TreeChanges } from './tree-changes.js';

/** Which changes are reported, after renames were found and ignored fields left out. */
export interface ReportedChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly renamed: number;
  /** The number of paths with ignored differences, by kind. */
  readonly ignored: ReadonlyMap<Ignorable, number>;
  /** The differing fields that are not ignored. */
  fieldsOf(change: number): FieldSet;
  /** Whether the change is listed on its own, and not as part of a rename. */
  isReported(change: number): boolean;
  /** The rename whose new path is the node of B. */
  renameAt(nodeB: number): Rename | undefined;
}

const FILE_IGNORABLE = ['mtime', 'hardlinks', 'mode', 'owner', 'xattrs'] as const;

export function reportChanges(
  changes: TreeChanges,
  renames: Renames,
  ignore: ReadonlySet<Ignorable>,
): ReportedChanges {
  const masks = FILE_IGNORABLE.filter((field) => ignore.has(field)).map(
    (field) => [field, fieldSet(field)] as const,
  );
  const comparedFields = ~masks.reduce((set, [, mask]) => set | mask, NO_FIELDS);
  const byNodeB = new Map(renames.list.map((rename) => [rename.nodeB, rename]));
  const fieldsOf = (change: number): FieldSet => changes.fields(change) & comparedFields;
  const isReported = (change: number): boolean => {
    const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
    if (nodeB === NONE) return !renames.movedA.has(nodeA);
    if (nodeA === NONE) return byNodeB.has(nodeB) || !renames.movedB.has(nodeB);
    return fieldsOf(change) !== NO_FIELDS;
  };
  const counts = { added: 0, removed: 0, changed: 0, renamed: renames.list.length };
  const ignored = new Map<Ignorable, number>();
  for (let change = 0; change < changes.count; change++) {
    for (const [field, mask] of masks) {
      if ((changes.fields(change) & mask) !== 0) ignored.set(field, (ignored.get(field) ?? 0) + 1);
    }
    if (!isReported(change)) continue;
    if (changes.nodeB(change) === NONE) counts.removed++;
    else if (changes.nodeA(change) !== NONE) counts.changed++;
    else if (!byNodeB.has(changes.nodeB(change))) counts.added++;
  }
  return { ...counts, ignored, fieldsOf, isReported, renameAt: (nodeB) => byNodeB.get(nodeB) };
}
