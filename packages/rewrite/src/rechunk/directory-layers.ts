import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import type { LayerEntry, ReplacedEntries } from './directory-entries.js';
import type { Division } from './division.js';

/** Returns the entry that a directory had after the layers of a group, or after the kept ones if the group is NONE. */
export type EntryAfter = (directory: number, group: number) => LayerEntry;

/** The closing layers that have directories with their times. */
export interface ClosingDirectories {
  /** Whether the closing layer of a group has the time of a directory, if it has the directory. */
  closes(directory: number, group: number): boolean;
  /** Whether the closing layer must have the directory: other layers of the group do not, or without its time. */
  isNeeded(directory: number, group: number): boolean;
}

/** So many groups are in one number. */
const GROUPS_IN_WORD = 31;

const NO_ENTRY: LayerEntry = { layer: NONE, entry: NONE };

/** @param replaced from `replacedEntries` */
export function entriesAfter(
  { nodes }: Union,
  replaced: ReplacedEntries,
  { from, groupOf }: Pick<Division, 'from' | 'groupOf'>,
): EntryAfter {
  return (directory, group) => {
    const last = { layer: nodes.layerOf(directory), entry: nodes.entryOf(directory) };
    const isUpTo = ({ layer }: LayerEntry): boolean => layer < from || groupOf(layer) <= group;
    return isUpTo(last) ? last : (replaced.get(directory)?.findLast(isUpTo) ?? NO_ENTRY);
  };
}

/**
 * Returns the groups whose layers have the root: those with an entry for it. A runtime gives a layer without one a root of its
 * own, in the image as in the new one.
 */
export function groupsWithRoot(
  { nodes }: Union,
  replaced: ReplacedEntries,
  { from, groupOf }: Pick<Division, 'from' | 'groupOf'>,
): ReadonlySet<number> {
  const entries = [nodes.layerOf(ROOT), ...(replaced.get(ROOT) ?? []).map(({ layer }) => layer)];
  return new Set(entries.filter((layer) => layer !== NONE && layer >= from).map(groupOf));
}

/**
 * Finds the closing layers that have directories.
 *
 * @param walked the live nodes below the root, parents first
 * @param isRepeated whether a layer of whiteouts below the groups has a directory
 */
export function closingDirectories(
  union: Union,
  walked: Int32Array,
  division: Division,
  {
    replaced,
    entryAfter,
    withRoot,
    isRepeated,
  }: {
    readonly replaced: ReplacedEntries;
    readonly entryAfter: EntryAfter;
    /** From `groupsWithRoot`. */
    readonly withRoot: ReadonlySet<number>;
    readonly isRepeated: (directory: number) => boolean;
  },
): ClosingDirectories {
  const { layerOf, closing, groupOf, isNewDirectory, from } = division;
  const { nodes } = union;
  const groups = [...closing.keys()];
  const groupOfLayer = (layer: number): number => closing.findIndex((last) => layer <= last);
  const isLeaf = (node: number): boolean =>
    nodes.kindOf(node) !== Kind.directory || nodes.firstChild(node) === NONE;
  const leafGroup = (node: number): number => {
    const layer = isLeaf(node) ? layerOf(node) : NONE;
    return layer === NONE ? NONE : groupOfLayer(layer);
  };
  const withFiles = new Set(walked.map(leafGroup));
  const { add, has: hasBelow, addAll } = groupSets(nodes.count, closing.length);
  const has = (node: number, group: number): boolean =>
    hasBelow(node, group) && (node !== ROOT || withRoot.has(group));

  const topGroup = (node: number): number => {
    const own = nodes.layerOf(node);
    const least = isNewDirectory(node) && own !== NONE ? groupOf(own) : 0;
    return groups.findLast((group) => group <= least || has(node, group)) ?? 0;
  };
  const isOwn = (node: number, group: number): boolean =>
    (isNewDirectory(node) && groupOf(nodes.layerOf(node)) === group) ||
    replaced.get(node)?.some(({ layer }) => layer >= from && groupOf(layer) === group) === true;
  const closes = (node: number, group: number): boolean => {
    const top = topGroup(node);
    // A group without files gets no layer for its directories alone.
    return group === top || (group < top && withFiles.has(group) && isOwn(node, group));
  };
  const isNeeded = (node: number, group: number): boolean => {
    const { layer, entry } = entryAfter(node, group);
    if (layer === NONE || !closes(node, group)) return false;
    const { mtime, mtimeNs } = union.layers[layer] ?? {};
    const isTimeless = (mtime?.[entry] ?? 0) === 0 && (mtimeNs?.[entry] ?? 0) === 0;
    if (isNewDirectory(node)) return !isTimeless || !has(node, group);
    return !isTimeless && (isRepeated(node) || groups.some((each) => has(node, each)));
  };

  for (let i = walked.length - 1; i >= 0; i--) {
    const node = walked[i] ?? ROOT;
    const own = leafGroup(node);
    if (own !== NONE) add(node, own);
    const parent = nodes.parentOf(node);
    addAll(parent, node);
    if (nodes.kindOf(node) !== Kind.directory) continue;
    // A closing layer that has a directory repeats those above it.
    for (const group of groups) if (isNeeded(node, group)) add(parent, group);
  }
  return { closes, isNeeded };
}

/** A set of groups for each node. */
interface GroupSets {
  add(node: number, group: number): void;
  has(node: number, group: number): boolean;
  /** Adds the groups of another node. */
  addAll(node: number, other: number): void;
}

function groupSets(nodes: number, groups: number): GroupSets {
  const words = Math.ceil(groups / GROUPS_IN_WORD);
  const bits = new Int32Array(nodes * words);
  const wordOf = (node: number, group: number): number => node * words + Math.floor(group / GROUPS_IN_WORD);
  const bitOf = (group: number): number => 1 << (group % GROUPS_IN_WORD);
  return {
    add(node, group) {
      const word = wordOf(node, group);
      bits[word] = (bits[word] ?? 0) | bitOf(group);
    },
    has: (node, group) => ((bits[wordOf(node, group)] ?? 0) & bitOf(group)) !== 0,
    addAll(node, other) {
      for (let word = 0; word < words; word++) {
        const at = node * words + word;
        bits[at] = (bits[at] ?? 0) | (bits[other * words + word] ?? 0);
      }
    },
  };
}
