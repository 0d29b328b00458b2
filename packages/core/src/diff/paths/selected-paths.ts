/** Selects paths by patterns. */
export interface PathFilter {
  /** Whether every path is included, because there are no patterns. */
  readonly all: boolean;
  /** @param path from the root, such as `/etc/passwd`; `/` is the root itself */
  included(path: string): boolean;
  /**
   * Returns true only if nothing below a directory can be included, so that a walk can skip it. It depends on the
   * path of the directory alone, so it may return false for a directory in which nothing is included.
   */
  prunes(directory: string): boolean;
}

/** Includes every path. */
export const ALL_PATHS: PathFilter = { all: true, included: () => true, prunes: () => false };
