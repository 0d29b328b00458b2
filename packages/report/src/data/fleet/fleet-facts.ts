/** The version of the data of a report about a fleet. It increases with every change. */
export const FLEET_REPORT_VERSION = 1;

/** What the page about a fleet shows. Images and layers are named by their positions in these lists. */
export interface FleetFacts {
  readonly version: typeof FLEET_REPORT_VERSION;
  /** The folder of the fleet, as it was named. */
  readonly name: string;
  readonly totals: FleetTotals;
  /** The largest first. */
  readonly images: readonly FleetImage[];
  readonly tags: readonly FleetTag[];
  /** Each blob of a layer once. */
  readonly layers: readonly FleetLayer[];
  /** The layers of the images, each image from its base. */
  readonly uses: readonly FleetUse[];
  readonly instructions: readonly string[];
  readonly repositories: readonly FleetRepository[];
  readonly duplicates: readonly FleetDuplicate[];
  readonly bases: readonly FleetBase[];
  readonly stale: readonly FleetStaleImage[];
  readonly changes: readonly FleetChange[];
  readonly packages: readonly FleetPackage[];
  readonly problems: readonly FleetProblem[];
}

export interface FleetTotals {
  readonly images: number;
  /** Each image whole. */
  readonly wholeBytes: number;
  readonly layers: number;
  /** Each blob of a layer once. */
  readonly storedBytes: number;
  /** The bytes of the files of each blob, uncompressed. */
  readonly contentBytes: number;
  /** Distinct contents of files. */
  readonly files: number;
  readonly fileBytes: number;
}

export interface FleetImage {
  readonly name: string;
  readonly digest: string;
  /** `linux/arm64/v8`. */
  readonly platform: string;
  readonly created: string | null;
  readonly distribution: string | null;
  readonly storedBytes: number;
  readonly rootfsBytes: number;
  readonly wastedBytes: number;
  /** The bytes of its blobs that no other image has: what deleting it frees. */
  readonly exclusiveBytes: number;
  readonly exclusiveLayers: number;
  /** The bytes of contents of files that no other image has. */
  readonly exclusiveFileBytes: number;
  readonly layers: number;
  readonly files: number;
}

/** A tag of an image, or a place where it has none. */
export interface FleetTag {
  readonly image: number;
  readonly tag: string | null;
  readonly repository: string | null;
}

export interface FleetLayer {
  readonly digest: string;
  readonly storedBytes: number;
  readonly contentBytes: number;
  /** The number of images that have it. */
  readonly images: number;
}

export interface FleetUse {
  readonly image: number;
  readonly layer: number;
  /** The position of the instruction; -1 for none. */
  readonly instruction: number;
}

/** How a repository grew. */
export interface FleetRepository {
  readonly name: string;
  readonly tags: number;
  readonly firstCreated: string | null;
  readonly lastCreated: string | null;
  readonly firstBytes: number;
  readonly lastBytes: number;
  /** Each blob of its images once. */
  readonly totalBytes: number;
}

/** A content that is stored more than once. */
export interface FleetDuplicate {
  readonly extraBytes: number;
  readonly sizeBytes: number;
  readonly copies: number;
  readonly layers: number;
  readonly content: string;
  readonly path: string;
}

/** The lowest layers of several images. */
export interface FleetBase {
  /** The name of the image that consists of them. */
  readonly name: string | null;
  readonly layers: number;
  readonly images: number;
  readonly contentBytes: number;
  readonly distribution: string | null;
  readonly created: string | null;
  readonly daysBehind: number | null;
  /** The topmost of them; -1 where it is not known. */
  readonly layer: number;
}

/** An image on an older base than others of its release. */
export interface FleetStaleImage {
  readonly name: string;
  readonly distribution: string | null;
  readonly created: string | null;
  readonly newest: string | null;
  readonly daysBehind: number | null;
  /** Its lowest layer; -1 where it is not known. */
  readonly layer: number;
}

/** What a change to all images would save. */
export interface FleetChange {
  readonly change: string;
  readonly storedBytes: number | null;
  readonly savedBytes: number | null;
  readonly method: string;
}

export interface FleetPackage {
  readonly type: string;
  readonly name: string;
  readonly images: number;
  readonly versions: number;
}

export interface FleetProblem {
  readonly source: string;
  readonly position: number | null;
  readonly code: string;
  readonly message: string;
}
