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

/** What changed in one directory, but for the parts of it that are groups of their own. */
export interface Group {
  readonly path: string;
  readonly sums: Sums;
  /** The heaviest, heaviest first. */
  readonly items: readonly Item[];
  /** How many changes are in no item; of them those that are further names of a content told under another. */
  readonly more: number;
  readonly further: number;
}

export interface Grouping {
  /** How many lines there are in all groups together at most. */
  readonly top: number;
  /** Whether a directory that was added or removed as a whole is one line, and a file with many names too. */
  readonly folds: boolean;
}

/** How many groups tell most, and how many changes need no further division. */
const MOST_GROUPS = 12;
const FEW = 6;
/** A directory becomes a group of its own where it holds at least this share of the one that it lies in. */
const LEAST_SHARE = 1 / 8;
/** Lines that each group has before the heaviest of all take what is left. */
const FAIR = 3;

/** Changes grouped by the directories that tell most, the heaviest first. They are gone through once. */
export function groupChanges(changes: Iterable<FileChange>, { top, folds }: Grouping): Group[] {
  const directories = createDirectories();
  const heaviest = createHeaviest<Item>(top);
  const fold = createFold(folds, (item) => {
    heaviest.offer(item);
    directories.offer(item);
  });
  for (const change of changes) directories.count(fold.take(change), change);
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
      further: rest.further,
    };
  });
}

interface Chosen {
  readonly directory: Directory;
  readonly rest: Sums;
}

/** Begins with the root, and takes the heaviest directory out of its group as long as that tells more. */
function chooseDirectories(root: Directory): Chosen[] {
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
  if (groups >= MOST_GROUPS || rest.changes <= FEW) return false;
  return sums.weight >= rest.weight * LEAST_SHARE || sums.changes >= rest.changes * LEAST_SHARE;
}

/** Which lines are listed in which group: some in each, and the heaviest of all. */
function shareLines(
  groups: readonly Chosen[],
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
  for (let round = 0; round < FAIR; round++) {
    for (const [directory, items] of candidates) list(directory, items[round]);
  }
  for (const item of heaviest) {
    let directory: Directory | null = directories.nearest(item.change.path);
    while (directory !== null && !lines.has(directory)) directory = directory.parent;
    if (directory !== null) list(directory, item);
  }
  return lines;
}

/** The heaviest items of a directory but for those of groups inside it. */
function ownItems(directory: Directory, groups: ReadonlyMap<Directory, unknown>): Item[] {
  const items = [...directory.own.list()];
  for (const child of directory.children.values()) {
    if (!groups.has(child))
      items.push(...(holdsGroup(child, groups) ? ownItems(child, groups) : child.all.list()));
  }
  return items.sort(byWeight);
}

/** A directory whose changes all lie in groups inside it is no group itself. */
function holdsGroup(directory: Directory, groups: ReadonlyMap<Directory, unknown>): boolean {
  return [...directory.children.values()].some((child) => groups.has(child) || holdsGroup(child, groups));
}

function copyOf(sums: Sums): Sums {
  return { ...sums, counts: { ...sums.counts } };
}
