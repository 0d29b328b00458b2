import type { HistoryStep, InspectDocument } from '@layers/core/analysis';
import type { DiffDocument, FileField } from '@layers/core/diff';
import type { AdviceDocument } from '@layers/insight/advise';
import type { DuplicateContent, DuplicatesDocument } from '@layers/insight/duplicates';
import type { PackagesDocument } from '@layers/insight/packages';

/** The version of the encoded data. It increases with every change: a page has the code for its own data only. */
export const REPORT_VERSION = 2;

/** What a layer does to a path, and how a path differs in two images. */
export const ITEM_CHANGES = ['added', 'changed', 'replaced', 'deleted', 'removed', 'renamed'] as const;
export type ItemChange = (typeof ITEM_CHANGES)[number];

/** Why a content is not in the image; `none` for one that is in it. */
export const ITEM_WASTE = [
  'none',
  'deleted',
  'overwritten',
  'rewritten',
  'replaced',
  'duplicate-entry',
] as const;
export type ItemWaste = (typeof ITEM_WASTE)[number];

export const ITEM_TYPES = ['directory', 'file', 'symlink', 'char', 'block', 'fifo'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/**
 * Paths and what happened to them, in columns. Paths are a tree in preorder: a directory comes before its contents. An
 * item is what one layer does to one path; the items of a path are in the order of layers. In a comparison of two images,
 * an item is what differs.
 */
export interface ReportColumns {
  /** The number of paths. The first is the root. */
  readonly paths: number;
  /** The parent of each path; -1 for the root. */
  readonly parent: Int32Array;
  /** Where the name of each path begins in `names`, and one end more. */
  readonly nameStart: Uint32Array;
  readonly names: Uint8Array;
  /** The package that owns each path: its position in `ReportFacts.owners` plus one; 0 for none. */
  readonly owner: Int32Array;
  readonly items: number;
  /** The path of each item, ascending. */
  readonly path: Int32Array;
  /**
   * The layer of each item; in a comparison, the layer of B that made the difference. The number of layers of B for what
   * only layers of A had.
   */
  readonly layer: Int32Array;
  readonly change: Uint8Array;
  readonly type: Uint8Array;
  /** The bytes that the layer stores for the path; in a comparison, those of B. */
  readonly bytes: Float64Array;
  /** In a comparison, the bytes of A; else 0. */
  readonly bytesBefore: Float64Array;
  readonly waste: Uint8Array;
  /** The layer that made the bytes unreachable; in a comparison, the layer of A that has the path; -1 for none. */
  readonly wastedBy: Int32Array;
  /** Mode and owner: the position in `ReportFacts.attributes`; in a comparison, that in `ReportComparison.fields`. */
  readonly attributes: Int32Array;
}

/** The permission bits and the owner of a path. */
export type Attributes = readonly [mode: number, uid: number, gid: number];

/** What a report says besides paths: documents of other commands. */
export interface ReportFacts {
  readonly version: typeof REPORT_VERSION;
  /** In a comparison, that of B, with the findings of both. */
  readonly inspect: InspectDocument;
  /** Newest first. */
  readonly history: readonly HistoryStep[];
  readonly advice: Pick<AdviceDocument, 'advice' | 'totals'> | null;
  readonly duplicates: ReportDuplicates | null;
  readonly packages: Pick<PackagesDocument, 'packages' | 'totals' | 'distribution'> | null;
  /** The names of packages that own paths. */
  readonly owners: readonly string[];
  readonly attributes: readonly Attributes[];
  /** Whether values of the environment and of the history are shown. */
  readonly showsValues: boolean;
  /** What differs from the image A; null in a report about one image. */
  readonly comparison: ReportComparison | null;
}

/** The duplicates with the most savable bytes. */
export interface ReportDuplicates {
  readonly totals: DuplicatesDocument['totals'];
  readonly duplicates: readonly DuplicateContent[];
}

/** A path that has another name in B. */
export interface ReportMove {
  readonly from: string;
  readonly to: string;
  /** The size of a file. */
  readonly bytes: number;
  /** The paths below a directory. */
  readonly entries: number;
}

/** What differs in two images, without the paths: these are items. */
export interface ReportComparison
  extends Pick<
    DiffDocument,
    'identical' | 'byDeclaredDigests' | 'a' | 'b' | 'ignored' | 'layers' | 'config' | 'history' | 'packages'
  > {
  readonly totals: NonNullable<DiffDocument['totals']>;
  /** The sums of A. */
  readonly before: InspectDocument['totals'];
  /** Sets of fields that differ. */
  readonly fields: readonly (readonly FileField[])[];
  /** The largest of the paths that moved. */
  readonly moved: readonly ReportMove[];
}

/** All that a page shows. */
export interface ReportData {
  readonly facts: ReportFacts;
  readonly columns: ReportColumns;
}
