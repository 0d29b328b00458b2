import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { PackageType } from './package-type.js';

/** The result of `listPackages`. */
export interface PackagesDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The distribution by `/etc/os-release`; null without that file. */
  readonly distribution: Distribution | null;
  /** Sorted by type, name, version and path. */
  readonly packages: readonly ImagePackage[];
  readonly totals: PackagesTotals;
  readonly findings: readonly Finding[];
}

/** What `os-release` says about a distribution (os-release(5)). */
export interface Distribution {
  /** Such as `debian`. */
  readonly id: string;
  /** The release; null where there are none. */
  readonly versionId: string | null;
  /** The name and release for people. */
  readonly prettyName: string | null;
}

/** Counts of packages. */
export interface PackagesTotals {
  /** Packages in the final root file system. */
  readonly packages: number;
  /** Packages that later layers removed or replaced, listed or not. */
  readonly hidden: number;
  /** The packages in the final root file system by type; types without packages are absent. */
  readonly byType: Readonly<Partial<Record<PackageType, number>>>;
}

/** A package in an image. */
export interface ImagePackage {
  readonly type: PackageType;
  /** As its database or manifest states it; with the group for Maven. */
  readonly name: string;
  /** Null where the package states none. */
  readonly version: string | null;
  readonly architecture: string | null;
  /** The package URL, which vulnerability databases use. */
  readonly purl: string;
  /** The package that it was built from. */
  readonly source: { readonly name: string; readonly version: string | null } | null;
  /** As stated: identifiers or expressions of SPDX, or names of licences. */
  readonly licences: readonly string[];
  readonly supplier: string | null;
  /** The size of its files; null where it is not known. */
  readonly sizeBytes: number | null;
  /** `files`: the sizes of its files in the image. `stated`: what the package states, which may be wrong. */
  readonly sizeFrom: 'files' | 'stated' | null;
  /** The database or manifest that lists it. */
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** The path in that file, such as that of a jar in a jar. */
  readonly innerPath: string | null;
  /** Position of the layer that brought this version. */
  readonly layer: number;
  /** The instruction that made the layer. */
  readonly instruction: string | null;
  /** The version in the layers below that this one replaced. */
  readonly previousVersion: string | null;
  /** Whether it is in the final root file system. */
  readonly visible: boolean;
  /** What removed it; null for a visible package. */
  readonly removedBy: {
    readonly layer: number;
    readonly instruction: string | null;
    /** The version that replaced it; null where it was removed. */
    readonly version: string | null;
  } | null;
}
