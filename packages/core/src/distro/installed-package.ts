/** A package system whose databases are read. */
export type PackageSystem = 'dpkg' | 'apk' | 'rpm';

/** A package in a database. Its texts come from the image: they may have any length and any characters. */
export interface InstalledPackage {
  readonly name: string;
  /** As recorded by dpkg and apk; `[epoch:]version-release` for rpm. */
  readonly version: string;
  /** Null where the database has none. */
  readonly architecture: string | null;
}

/** Compares texts by UTF-16 code units, independent of the locale. Null precedes every text. */
export function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** Compares packages by name, architecture and the text of the version. */
export function comparePackageNames(a: InstalledPackage, b: InstalledPackage): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.architecture, b.architecture) ||
    compareText(a.version, b.version)
  );
}
