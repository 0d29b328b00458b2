import type { ComponentChildren } from 'preact';
import type { ReportFacts } from '../data/index.js';
import type { Version } from '../view/contents-of.js';
import type { LayerRow } from '../view/layer-row.js';
import type { Shown } from '../view/link.js';
import type { Paths } from '../view/paths.js';
import type { Contents } from '../view/picture.js';
import type { Figure } from '../view/story.js';
import type { Table } from '../view/table.js';

/** What a reader can do with the files of the image, where they can be read. */
export interface FileActions {
  /** @param path bytes, without a slash before it */
  view(path: Uint8Array, layer: number): void;
  save(path: Uint8Array, layer: number): void;
}

/** What has links: to a path, with what else they show. */
export interface Linked {
  readonly hrefOf: (
    path: number,
    change?: { readonly layer?: number; readonly zoom?: number; readonly table?: string },
  ) => string;
}

/** What all parts of the page share. */
export interface Place {
  readonly views: ReportViews;
  readonly facts: ReportFacts;
  readonly paths: Paths;
  readonly contents: Contents;
  /** What can be done with the content of a version; null where the files cannot be read. */
  readonly Actions:
    | ((properties: { readonly version: Version; readonly place: Place }) => ComponentChildren)
    | null;
  /** Whether a report with more documents follows. */
  readonly isPartial: boolean;
  readonly shown: Shown;
  /** The selected path; the root where the link names none. */
  readonly selected: number;
  /** The directory that fills the picture. */
  readonly top: number;
  /** Shows something else: what is not given stays. */
  readonly show: (change: Partial<Shown>) => void;
  /** Selects a path; the picture stays where it shows the path. */
  readonly select: (path: number, change?: Partial<Shown>) => void;
  /** Returns the address of a path. */
  readonly hrefOf: (path: number, change?: Partial<Shown>) => string;
}

/** What a page about one image and a page about two show differently. A file has the code of its page alone. */
export interface ReportViews {
  readonly whole: string;
  readonly figures: (facts: ReportFacts) => readonly Figure[];
  readonly layerRows: (facts: ReportFacts, paths: Paths) => readonly LayerRow[];
  readonly tables: (facts: ReportFacts, paths: Paths) => readonly Table<number>[];
  readonly Summary: (properties: { readonly place: Place }) => ComponentChildren;
  readonly Versions: (properties: {
    readonly versions: readonly Version[];
    readonly place: Place;
  }) => ComponentChildren;
}
