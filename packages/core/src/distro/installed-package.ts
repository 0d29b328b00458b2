/** A package system whose databases are read. */
export type PackageSystem = 'dpkg' | 'apk' | 'rpm';

/** A package in a database. Its texts come from the image: they may have any length and any characters. */
export interface InstalledPackage {
  readonly name: string;
  /** As recorded by dpkg and apk; `[epoch:]version-release` for rpm. */
  readonly version: string;
  /** Null where the database has none. */
  readonly architecture: string | null;
  /** The package that it was built from: a name, or for rpm the name of a file. Missing where dpkg or apk has the same name. */
  readonly source?: string;
  /** The version of the source package, where dpkg records another one. */
  readonly sourceVersion?: string;
  /** The licences as one text, in the words of the package. Dpkg records none. */
  readonly licence?: string;
  /** The maintainer, or the vendor of a package of rpm. */
  readonly supplier?: string;
  /** The size of the installed files in bytes, as the package states it. */
  readonly statedBytes?: number;
}

/** What a database may record beside the name, the version and the architecture. */
export type PackageDetails = Omit<InstalledPackage, 'name' | 'version' | 'architecture'>;

/** Returns the details that have a value. */
export function detailsOf(
  values: { readonly [K in keyof PackageDetails]: PackageDetails[K] | null },
): PackageDetails {
  const { source, sourceVersion, licence, supplier, statedBytes } = values;
  return {
    ...(source ? { source } : {}),
    ...(sourceVersion ? { sourceVersion } : {}),
    ...(licence ? { licence } : {}),
    ...(supplier ? { supplier } : {}),
    ...(typeof statedBytes === 'number' ? { statedBytes } : {}),
  };
}

/** Returns the bytes that a decimal number of units states; null for any other text. */
export function bytesStated(text: string | undefined, unit: number): number | null {
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return null;
  const bytes = Number(text) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
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
