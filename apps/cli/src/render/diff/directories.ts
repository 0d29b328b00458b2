import type { FileChange } from '@layers/core/diff';
import { deltaOf, weightOf } from './file-changes.js';
import { createHeaviest, type Heaviest, type Weighted } from './heaviest.js';
import type { ChangeKind } from './marks.js';

/** A change as it is listed: alone, or a directory together with everything below it. */
export interface Item extends Weighted {
  readonly change: FileChange;
  /** How many changes the line stands for. */
  readonly changes: number;
  /** Bytes of the files below a directory that is listed as one. */
  readonly bytesBelow?: number;
  /** Of a directory that is listed as one: a change by the layer that did most of it, and how many others did some. */
  readonly by?: { readonly change: FileChange; readonly others: number };
}

/** Where a change is to be counted, and whether it has no line since it is but a further name of a file. */
export interface Taken {
  readonly path: string;
  readonly isFurther: boolean;
}

/** What happened below a directory. */
export interface Sums {
  readonly counts: Record<ChangeKind, number>;
  changes: number;
  /** Of the changes those that have no line: further names of files that are told of under another. */
  further: number;
  weight: number;
  /** Bytes; of a file with hard links that changed as one, the first name counts. */
  delta: number;
}

export interface Directory {
  /** `/` for the root, else without a slash at the end. */
  readonly path: string;
  readonly parent: Directory | null;
  readonly children: Map<string, Directory>;
  /** Of everything below. */
  readonly sums: Sums;
  /** The heaviest of what lies in it directly or below children that are not told apart; and of everything below. */
  readonly own: Heaviest<Item>;
  readonly all: Heaviest<Item>;
}

export interface Directories {
  readonly root: Directory;
  /** Counts a change where it was found to belong. */
  count(taken: Taken, change: FileChange): void;
  /** Makes a line one of those that can be listed. */
  offer(item: Item): void;
  /** The directory that `path` lies in, or the nearest one above it that is told apart. */
  nearest(path: string): Directory;
}

/** How deep directories are told apart, how many, and how many lines each keeps. */
const MAX_DEPTH = 6;
const MAX_DIRECTORIES = 1024;
const KEPT = 5;

/**
 * Sums by directory, in memory that is bounded whatever an image has: only some levels are told apart, and where
 * there are too many directories, the lightest are put together with the ones above them.
 */
export function createDirectories(): Directories {
  const root = directoryAt('/', null);
  let known: Directory[] = [];

  // Changes come directory by directory.
  let latest = { folder: '', directory: root };

  const enter = (path: string): Directory => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (folder === latest.folder) return latest.directory;
    let directory = root;
    for (
      let end = nextEnd(path, 0), depth = 0;
      end > 0 && depth < MAX_DEPTH;
      end = nextEnd(path, end), depth++
    ) {
      const inner = path.slice(0, end);
      let child = directory.children.get(inner);
      if (child === undefined) {
        child = directoryAt(inner, directory);
        directory.children.set(inner, child);
        known.push(child);
      }
      directory = child;
    }
    latest = { folder, directory };
    return directory;
  };

  const prune = () => {
    const leaves = known.filter(({ children }) => children.size === 0);
    leaves.sort((a, b) => a.sums.weight - b.sums.weight);
    const dropped = new Set(leaves.slice(0, Math.ceil(leaves.length / 2)));
    for (const { path, parent, all } of dropped) {
      parent?.children.delete(path);
      for (const item of all.list()) parent?.own.offer(item);
    }
    known = known.filter((directory) => !dropped.has(directory));
    latest = { folder: '', directory: root };
  };

  return {
    root,
    count({ path, isFurther }, change) {
      if (known.length > MAX_DIRECTORIES) prune();
      for (let at: Directory | null = enter(path); at !== null; at = at.parent) {
        addTo(at.sums, change);
        if (isFurther) at.sums.further++;
      }
    },
    offer(item) {
      const directory = enter(item.change.path);
      directory.own.offer(item);
      for (let at: Directory | null = directory; at !== null; at = at.parent) at.all.offer(item);
    },
    nearest(path) {
      let directory = root;
      for (let end = nextEnd(path, 0); end > 0; end = nextEnd(path, end)) {
        const child = directory.children.get(path.slice(0, end));
        if (child === undefined) break;
        directory = child;
      }
      return directory;
    },
  };
}

/** Where the name of the next directory ends that a path lies in; -1 behind the last. */
function nextEnd(path: string, end: number): number {
  return path.indexOf('/', end + 1);
}

function directoryAt(path: string, parent: Directory | null): Directory {
  const own = createHeaviest<Item>(KEPT);
  return { path, parent, children: new Map(), sums: noSums(), own, all: createHeaviest<Item>(KEPT) };
}

export function noSums(): Sums {
  return {
    counts: { added: 0, removed: 0, changed: 0, renamed: 0 },
    changes: 0,
    further: 0,
    weight: 0,
    delta: 0,
  };
}

function addTo(sums: Sums, change: FileChange): void {
  sums.counts[change.change]++;
  sums.changes++;
  sums.weight += weightOf(change);
  sums.delta += deltaOf(change);
}

/** Takes the sums of a part out of those of a whole. */
export function subtract(whole: Sums, part: Sums): void {
  for (const happening of ['added', 'removed', 'changed', 'renamed'] as const) {
    whole.counts[happening] -= part.counts[happening];
  }
  whole.changes -= part.changes;
  whole.further -= part.further;
  whole.weight -= part.weight;
  whole.delta -= part.delta;
}
