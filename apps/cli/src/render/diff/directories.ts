import type { FileChange } from '@layers/core/diff';
import { deltaOf, weightOf } from './file-changes.js';
import { createHeaviest, type Heaviest, type Weighted } from './heaviest.js';
import type { ChangeKind } from './marks.js';

/** A line of the list: one change, or a directory together with everything below it. */
export interface Item extends Weighted {
  readonly change: FileChange;
  /** The number of changes that the line represents. */
  readonly changes: number;
  /** Bytes of the files below a directory that is listed as one line. */
  readonly bytesBelow?: number;
  /** For a directory that is listed as one line: a change by its main layer, and the number of other layers. */
  readonly by?: { readonly change: FileChange; readonly others: number };
}

/** The path at which a change is counted, and whether it has no line because it is another hard link to a file. */
export interface FoldedChange {
  readonly path: string;
  readonly isOtherName: boolean;
}

/** The changes below a directory. */
export interface Sums {
  readonly counts: Record<ChangeKind, number>;
  changes: number;
  /** The changes without a line: other hard links to files that are listed under their first name. */
  otherNames: number;
  weight: number;
  /** Bytes. Hard links to one file count once. */
  delta: number;
}

export interface Directory {
  /** `/` for the root, else without a trailing slash. */
  readonly path: string;
  readonly parent: Directory | null;
  readonly children: Map<string, Directory>;
  /** The sums of all changes below. */
  readonly sums: Sums;
  /** The heaviest lines outside the known child directories. */
  readonly own: Heaviest<Item>;
  /** The heaviest of all lines below. */
  readonly all: Heaviest<Item>;
}

export interface Directories {
  readonly root: Directory;
  /** Adds a change to the sums of its directories. */
  count(folded: FoldedChange, change: FileChange): void;
  /** Adds a line to the candidates of its directories. */
  offer(item: Item): void;
  /** Returns the nearest known directory that contains `path`. */
  nearest(path: string): Directory;
}

const MAX_DEPTH = 6;
const MAX_DIRECTORIES = 1024;
/** Candidate lines of each directory. */
const CANDIDATES = 5;

/**
 * Sums changes by directory in bounded memory. Distinguishes only the upper levels, and merges the lightest
 * directories into their parents when there are too many.
 */
export function createDirectories(): Directories {
  const root = directoryAt('/', null);
  let known: Directory[] = [];

  // Changes arrive directory by directory.
  let latest = { parentPath: '', directory: root };

  const enter = (path: string): Directory => {
    const parentPath = path.slice(0, path.lastIndexOf('/'));
    if (parentPath === latest.parentPath) return latest.directory;
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
    latest = { parentPath, directory };
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
    latest = { parentPath: '', directory: root };
  };

  return {
    root,
    count({ path, isOtherName }, change) {
      if (known.length > MAX_DIRECTORIES) prune();
      for (let at: Directory | null = enter(path); at !== null; at = at.parent) {
        addTo(at.sums, change);
        if (isOtherName) at.sums.otherNames++;
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

/** Returns the end of the next directory name in a path; -1 after the last. */
function nextEnd(path: string, end: number): number {
  return path.indexOf('/', end + 1);
}

function directoryAt(path: string, parent: Directory | null): Directory {
  const own = createHeaviest<Item>(CANDIDATES);
  return { path, parent, children: new Map(), sums: noSums(), own, all: createHeaviest<Item>(CANDIDATES) };
}

export function noSums(): Sums {
  return {
    counts: { added: 0, removed: 0, changed: 0, renamed: 0 },
    changes: 0,
    otherNames: 0,
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

/** Subtracts the sums of a part from those of a whole. */
export function subtract(whole: Sums, part: Sums): void {
  for (const kind of ['added', 'removed', 'changed', 'renamed'] as const) {
    whole.counts[kind] -= part.counts[kind];
  }
  whole.changes -= part.changes;
  whole.otherNames -= part.otherNames;
  whole.weight -= part.weight;
  whole.delta -= part.delta;
}
