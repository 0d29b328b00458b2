import type { FileChange } from '@layers/core/diff';
import {
  createDirectories,
  type Directories,
  type Directory,
  type Item,
  type Sums,
  subtract,
} from './directories.js';
import { createFold } from './fold.js';
import { byWeight, createHeaviest } from './heaviest.js';

/** The changes in one directory, without the subdirectories that are groups of their own. */
export interface Group {
  readonly path: string;
  readonly sums: Sums;
  /** The listed lines, heaviest first. */
  readonly items: readonly Item[];
  /** The number of changes without a line. */
  readonly more: number;
  /** The number of those that are other hard links to a listed file. */
  readonly otherNames: number;
}

export interface Grouping {
  /** The number of lines of all groups together. */
  readonly top: number;
  /** Whether an added or removed directory is one line, and a file with hard links too. */
  readonly folds: boolean;
}

const MAX_GROUPS = 12;
/** A group with at most this many changes is not divided. */
const SMALL_GROUP = 6;
/** A directory becomes a group if it has at least this share of the changes or of the weight of its group. */
const MIN_SHARE = 1 / 8;
/** Each group gets this many lines; the heaviest of all changes get the rest. */
const LINES_PER_GROUP = 3;

/** Groups changes by the directories with the most changes, heaviest first. Iterates over the changes once. */
export function groupChanges(changes: Iterable<FileChange>, { top, folds }: Grouping): Group[] {
  const directories = createDirectories();
  const heaviest = createHeaviest<Item>(top);
  const fold = createFold(folds, (item) => {
    heaviest.offer(item);
    directories.offer(item);
  });
  for (const change of changes) directories.count(fold.add(change), change);
  fold.end();
  const groups = chooseDirectories(directories.root);
  const lines = shareLines(groups, heaviest.list(), directories, top);
  return groups.map(({ directory, rest }): Group => {
    const items = [...(lines.get(directory) ?? [])].sort(byWeight);
    const listed = items.reduce((sum, item) => sum + item.changes, 0);
    return {
      path: directory.path,
      sums: rest,
      items,
      more: rest.changes - listed,
      otherNames: rest.otherNames,
    };
  });
}

interface ChosenDirectory {
  readonly directory: Directory;
  /** The sums without subdirectories that are groups of their own. */
  readonly rest: Sums;
}

/** Starts with the root, and makes the heaviest directory a group of its own as long as `isWorthIt`. */
function chooseDirectories(root: Directory): ChosenDirectory[] {
  const chosen = new Map<Directory, Sums>([[root, copyOf(root.sums)]]);
  for (;;) {
    const groups = [...chosen].filter(([, { changes }]) => changes > 0);
    let next: { readonly rest: Sums; readonly child: Directory } | undefined;
    for (const [directory, rest] of groups) {
      for (const child of directory.children.values()) {
        if (chosen.has(child) || !isWorthIt(rest, child, groups.length)) continue;
        if (next === undefined || child.sums.weight > next.child.sums.weight) next = { rest, child };
      }
    }
    if (next === undefined) {
      return groups
        .map(([directory, rest]) => ({ directory, rest }))
        .sort((x, y) => y.rest.weight - x.rest.weight);
    }
    subtract(next.rest, next.child.sums);
    chosen.set(next.child, copyOf(next.child.sums));
  }
}

function isWorthIt(rest: Sums, { sums }: Directory, groups: number): boolean {
  if (sums.changes === 0) return false;
  if (sums.changes === rest.changes) return true;
  if (groups >= MAX_GROUPS || rest.changes <= SMALL_GROUP) return false;
  return sums.weight >= rest.weight * MIN_SHARE || sums.changes >= rest.changes * MIN_SHARE;
}

/** Distributes the lines: some to each group, the rest to the heaviest changes. */
function shareLines(
  groups: readonly ChosenDirectory[],
  heaviest: readonly Item[],
  directories: Directories,
  top: number,
): Map<Directory, Set<Item>> {
  const lines = new Map(groups.map(({ directory }) => [directory, new Set<Item>()]));
  const candidates = new Map(groups.map(({ directory }) => [directory, ownItems(directory, lines)]));
  let left = top;
  const list = (directory: Directory, item: Item | undefined) => {
    const listed = lines.get(directory);
    if (item === undefined || listed === undefined || left === 0 || listed.has(item)) return;
    listed.add(item);
    left--;
  };
  for (let round = 0; round < LINES_PER_GROUP; round++) {
    for (const [directory, items] of candidates) list(directory, items[round]);
  }
  for (const item of heaviest) {
    let directory: Directory | null = directories.nearest(item.change.path);
    while (directory !== null && !lines.has(directory)) directory = directory.parent;
    if (directory !== null) list(directory, item);
  }
  return lines;
}

/** Returns the heaviest items of a directory, without those of groups inside it. */
function ownItems(directory: Directory, groups: ReadonlyMap<Directory, unknown>): Item[] {
  const items = [...directory.own.list()];
  for (const child of directory.children.values()) {
    if (!groups.has(child))
      items.push(...(containsGroup(child, groups) ? ownItems(child, groups) : child.all.list()));
  }
  return items.sort(byWeight);
}

function containsGroup(directory: Directory, groups: ReadonlyMap<Directory, unknown>): boolean {
  return [...directory.children.values()].some((child) => groups.has(child) || containsGroup(child, groups));
}

function copyOf(sums: Sums): Sums {
  return { ...sums, counts: { ...sums.counts } };
}
