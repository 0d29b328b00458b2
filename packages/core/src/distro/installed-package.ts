/** A package as a database lists it. Texts come from the image: nothing is known of their characters or length. */
export interface InstalledPackage {
  readonly name: string;
  /** In the system's own form: Debian's and apk's as recorded, rpm's as `[epoch:]version-release`. */
  readonly version: string;
  /** Null where the database names none. */
  readonly architecture: string | null;
}

/** Orders texts by their UTF-16 units, null first: the same everywhere, whatever the language of the machine. */
export function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** Orders packages by name, architecture, and the text of the version. */
export function comparePackageNames(a: InstalledPackage, b: InstalledPackage): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.architecture, b.architecture) ||
    compareText(a.version, b.version)
  );
}
