/**
 * The part of an image's merged file system that package databases are read through. Paths are absolute, parts
 * joined by single slashes, such as `/var/lib/dpkg/status`.
 */
export interface PackageTree {
  /** A regular file, symlinks of folders and of the file followed within the image; size in bytes. */
  find(path: string): { readonly size: number } | null;
  /** Names of the regular files directly in a folder, sorted, UTF-8 only; empty where there is no such folder. */
  list(path: string): readonly string[];
  /** Whole files, in one pass, by the paths that were asked for. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}
