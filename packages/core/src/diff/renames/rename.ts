import type { Ignorable } from '../ignorable.js';

/** A path of A that is another one in B. */
export interface Rename {
  readonly nodeA: number;
  readonly nodeB: number;
  /** Paths that moved with a directory; 0 for a file. */
  readonly entries: number;
}

export interface RenameOptions {
  /** Attributes that may have changed in a directory that moved as a whole. */
  readonly ignore: ReadonlySet<Ignorable>;
  readonly signal?: AbortSignal | undefined;
  /** Whether directories that moved as a whole are told file by file. */
  readonly filesOnly?: boolean | undefined;
}

/** What moved, and the nodes that this accounts for: those of the moves, and all below moved directories. */
export interface Renames {
  readonly list: readonly Rename[];
  readonly movedA: ReadonlySet<number>;
  readonly movedB: ReadonlySet<number>;
  /** False where there was too much to look through. */
  readonly searched: boolean;
}

export const NO_RENAMES: Renames = { list: [], movedA: new Set(), movedB: new Set(), searched: true };
