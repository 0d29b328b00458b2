import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { CheckRule } from './rules.js';

/** The result of `checkImage`: whether an image keeps its budgets, and why. It contains no secret. */
export interface CheckReport {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  /** Without the config, which may contain secrets. */
  readonly image: Omit<ImageInfo, 'config'>;
  /** The gravest level of all results. */
  readonly verdict: 'fail' | 'warn' | 'pass';
  readonly totals: Readonly<Record<CheckLevel, number>>;
  readonly figures: CheckFigures;
  /** The metrics of dive, which the budgets of waste are compared with; null where these are compared with `figures`. */
  readonly dive: CheckDive | null;
  /** The lowest first. */
  readonly layers: readonly CheckLayer[];
  /** Null where no base is given. */
  readonly base: CheckBase | null;
  /** Null where no image to compare with is given. */
  readonly against: CheckAgainst | null;
  /** The damage, if there is any; then one for each budget, in the order of `CHECK_RULES`. */
  readonly results: readonly CheckResult[];
  readonly findings: readonly Finding[];
}

/** `skip`: the budget could not be checked, as files of a layer that cannot be read. */
export type CheckLevel = 'fail' | 'warn' | 'pass' | 'skip';

/** The figures of an image. Sizes count the bytes of regular files, which do not depend on compression. */
export interface CheckFigures {
  /** The part of `contentBytes` that is not wasted; 1 for an image without files. */
  readonly efficiency: number;
  /** Bytes that are unreachable. With a base: those that layers above it made unreachable. */
  readonly wastedBytes: number;
  /** `wastedBytes` as a part of `contentBytes`. With a base: as a part of what the layers above it added or wasted. */
  readonly wastedShare: number;
  /** Bytes of the layer blobs as stored. */
  readonly storedBytes: number;
  /** Bytes of the regular files in all layers. */
  readonly contentBytes: number;
  /** Bytes of the regular files that are reachable in the root file system. */
  readonly rootfsBytes: number;
  readonly layers: number;
  /** The layer with the most bytes; null for an image without layers. */
  readonly biggestLayer: CheckLayer | null;
  /** Bytes of the regular files in the layers above the base; null without a base. */
  readonly addedBytes: number | null;
  /** `contentBytes` minus that of the image to compare with; null without one. Negative where the image shrank. */
  readonly growthBytes: number | null;
  /** `growthBytes` as a part of that image; null without one, or where it is empty. */
  readonly growthShare: number | null;
}

/** A layer, and the instruction that made it. */
export interface CheckLayer {
  readonly layer: number;
  readonly diffId: string | null;
  readonly contentBytes: number;
  readonly storedBytes: number;
  /** Null where the history does not contain it. */
  readonly instruction: string | null;
}

/** What dive 0.13 computes for the image, as it computes it. */
export interface CheckDive {
  /** Smallest size of each path, divided by all its sizes in all layers. 1 where there are no bytes. */
  readonly efficiency: number;
  /** All sizes of the paths that are in several layers. */
  readonly wastedBytes: number;
  /** Sizes of all layers. */
  readonly sizeBytes: number;
  /** Sizes of all layers but the lowest. */
  readonly userSizeBytes: number;
  /** `wastedBytes / userSizeBytes`; null where there are no user bytes. */
  readonly userWastedPercent: number | null;
}

/** The base of the image, whose own waste is not blamed. */
export interface CheckBase {
  /** As given. */
  readonly name: string;
  /** The number of its layers. */
  readonly layers: number;
  /** Bytes that its layers made unreachable. */
  readonly wastedBytes: number;
}

/** What the image is compared with. */
export interface CheckAgainst {
  /** As given. */
  readonly name: string;
  /** An image, or a saved JSON of `layers check` or `layers inspect`, which has no paths. */
  readonly kind: 'image' | 'document';
  readonly figures: Pick<
    CheckFigures,
    'efficiency' | 'wastedBytes' | 'storedBytes' | 'contentBytes' | 'rootfsBytes' | 'layers'
  >;
  /** The layers of the image that the other one does not have, the lowest first. */
  readonly newLayers: readonly CheckLayer[];
  /** Files that are new or larger, the most added bytes first. `bytes` counts what was added. Empty for a document. */
  readonly added: readonly CheckEvidence[];
  /** How many further files are left out of `added`. */
  readonly moreAdded: number;
}

/** Whether an image keeps one budget. */
export interface CheckResult {
  /** `damage`: no budget, but errors that were found in the image, which always fail. */
  readonly rule: CheckRule | 'damage';
  /** What is limited, such as `wasted bytes`. */
  readonly title: string;
  readonly level: CheckLevel;
  /** The limit that decided: the one that was crossed, else the nearest. Null for `skip` and `damage`. */
  readonly limit: CheckLimit | null;
  readonly limits: { readonly fail: CheckLimit | null; readonly warn: CheckLimit | null };
  /** What the image has, in the unit of `limit`; null for `skip`. */
  readonly actual: number | null;
  readonly unit: CheckUnit;
  /** Why, in one sentence. It may contain names of the image. */
  readonly reason: string;
  /** What to blame, the gravest first. */
  readonly evidence: readonly CheckEvidence[];
  /** How much further evidence is left out. */
  readonly moreEvidence: number;
}

/** `ratio`: 1 is all. */
export type CheckUnit = 'ratio' | 'bytes' | 'count';

/** A limit of a budget. Only more than the limit crosses it; less, for `efficiency`. */
export interface CheckLimit {
  /** As written, such as `20MB` or `5%`. */
  readonly text: string;
  readonly value: number;
  readonly unit: CheckUnit;
  /** What wrote it: an option such as `--max-wasted`, the path of a file with the line, or `default`. */
  readonly from: string;
}

/** A path, or a field of the config, to blame. */
export interface CheckEvidence {
  /** Absolute. Ends with a slash for a directory with all files below. Null for a field of the config, and for a layer. */
  readonly path: string | null;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** Null where bytes do not matter. */
  readonly bytes: number | null;
  /** The layer to blame; null where there is none. */
  readonly layer: number | null;
  /** The instruction of the layer; null where the history does not contain it. */
  readonly instruction: string | null;
  /** What about it, in a few words: `deleted; stored by layer 0`, `label version is missing`. */
  readonly note: string;
}
