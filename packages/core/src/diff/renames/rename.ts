import type { Ignorable } from '../ignorable.js';

/** A path of A that has another path in B. */
export interface Rename {
  readonly nodeA: number;
  readonly nodeB: number;
  /** The number of paths below a renamed directory; 0 for a file. */
  readonly entries: number;
}

export interface RenameOptions {
  /** Attributes that may differ in a directory that is renamed as a whole. */
  readonly ignore: ReadonlySet<Ignorable>;
  readonly signal?: AbortSignal | undefined;
  /** Whether to report a renamed directory file by file. */
  readonly filesOnly?: boolean | undefined;
}

/** The renames, and all nodes that are part of one: the renamed paths and the descendants of renamed directories. */
export interface Renames {
  readonly list: readonly Rename[];
  readonly movedA: ReadonlySet<number>;
  readonly movedB: ReadonlySet<number>;
  /** False where too many paths differ. */
  readonly searched: boolean;
}

export const NO_RENAMES: Renames = { list: [], movedA: new Set(), movedB: new Set(), searched: true };
