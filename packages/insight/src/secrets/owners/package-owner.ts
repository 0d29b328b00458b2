/** The package that a file belongs to, and the digest that the package records for its content. */
export interface PackageOwner {
  readonly system: 'dpkg' | 'apk' | 'rpm' | 'python';
  readonly name: string;
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** In lower-case hexadecimal digits. */
  readonly digest: string;
}

/** The owners of paths: absolute, in the form of the package database, to each package that has the path. */
export type Owners = Map<string, PackageOwner[]>;

/** Adds an owner of a path, where the path is one of those that are asked about. */
export function addOwner(owners: Owners, path: string, owner: PackageOwner): void {
  owners.get(canonicalPath(path))?.push(owner);
}

/** Returns a path with `/usr` before the directories that merged systems have there, so that both forms are equal. */
export function canonicalPath(path: string): string {
  return /^\/(?:bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `/usr${path}` : path;
}
