/**
 * The access to the root file system of an image that reading package databases requires. Paths are absolute with
 * single slashes, such as `/var/lib/dpkg/status`.
 */
export interface PackageTree {
  /** Finds a regular file, following symlinks within the image. Returns its size in bytes; null where there is none. */
  find(path: string): { readonly size: number } | null;
  /** Lists the names of the regular files in a directory, sorted, UTF-8 names only; empty for a missing directory. */
  list(path: string): readonly string[];
  /** Reads whole files in one pass. Returns them by the paths given. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}
