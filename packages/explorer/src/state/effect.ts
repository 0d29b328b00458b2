import type { LayerRange } from '../tree/layer-range.js';

/** A content of the image: the entry of a layer. */
export interface ContentPlace {
  readonly layer: number;
  readonly entry: number;
  readonly sizeBytes: number;
  /** The path in the image. */
  readonly path: Uint8Array;
}

/** Two versions of a file; null where there is none. */
export interface Versions {
  readonly before: ContentPlace | null;
  readonly after: ContentPlace | null;
}

/** Reports about the whole image. `image`: its config and findings, as text; the others are lists. */
export type Report = 'image' | 'waste' | 'duplicates' | 'advice' | 'packages' | 'history';

/** Compare two versions of a file, then call `showDifference`. `head` has lines about their attributes. */
export interface DifferenceEffect {
  readonly kind: 'difference';
  readonly versions: Versions;
  readonly head: readonly string[];
}

/** Extract a path of the file system as it is after a layer. */
export interface ExtractEffect {
  readonly kind: 'extract';
  readonly path: Uint8Array;
  readonly layer: number;
  readonly to: string;
  /** How many paths in it are shown as deleted, and do not exist after the layer. */
  readonly deletedPaths: number;
}

/** Give a content to the pager or the editor of the user. */
export interface OpenWith {
  readonly kind: 'open-with';
  readonly program: 'pager' | 'editor';
  /** A name for a file with the content: a file of that name can be made in any directory. */
  readonly name: string;
  readonly content: ContentPlace | Uint8Array;
}

/** What a key asks for that the model cannot do. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'suspend' }
  | OpenWith
  /** Write what is seen to a file; null for the one that the user named before. */
  | { readonly kind: 'export'; readonly to: string | null }
  /** Read a content, then call `showText`, with the versions that `d` compares. */
  | { readonly kind: 'view'; readonly place: ContentPlace; readonly difference: DifferenceEffect | null }
  | DifferenceEffect
  /** Compare the file systems before and after layers, then call `showComparison`. */
  | { readonly kind: 'compare'; readonly range: LayerRange }
  /** Stop what is being done. */
  | { readonly kind: 'cancel' }
  /** Make a report about the image, then call `showList`, or `showText` for that on the config. */
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'save'; readonly place: ContentPlace; readonly to: string }
  | ExtractEffect
  | { readonly kind: 'copy'; readonly text: string };
