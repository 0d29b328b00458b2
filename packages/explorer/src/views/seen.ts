/** What a view shows as data, with all its rows, not only those on the screen. */
export type Seen = SeenFiles | SeenText | SeenList;

/** One of two images. */
export type Side = 'a' | 'b';

/** A row of the tree of files. Fields as in `layers ls`, for the path as it is, or was before it was deleted. */
export interface SeenFile {
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  readonly type: string;
  readonly change: 'added' | 'changed' | 'deleted' | null;
  /** Bytes of the files that are shown in a directory, or of the file. */
  readonly sizeBytes: number;
  /** Bytes of deleted files. */
  readonly deletedBytes: number;
  readonly mode: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly mtime: number | null;
  readonly linkname?: string;
  readonly linknameBase64?: string;
  /** The layer that last changed it; null for a directory without an entry. */
  readonly layer: number | null;
  /** The image of that layer, where two are compared. */
  readonly side?: Side;
  /** Whether the rows in a directory follow; null for what is none. */
  readonly expanded: boolean | null;
}

export interface SeenFiles {
  readonly view: 'files';
  /** The selected layer; null for the final file system. */
  readonly layer: number | null;
  /** The image of that layer, where two are compared; absent for their difference. */
  readonly side?: Side;
  /** The layers whose changes are marked; null where none are. */
  readonly changes: { readonly from: number | null; readonly to: number | null } | null;
  /** Whether marks compare the states before and after these layers, or two images. */
  readonly isCompared: boolean;
  readonly changesOnly: boolean;
  readonly filter: string | null;
  readonly sort: string;
  /** Whether sizes are those of files, or wasted bytes. */
  readonly measure: 'size' | 'wasted';
  /** What is searched, with the number of matches. */
  readonly search: { readonly word: string; readonly matches: number } | null;
  /** The selected path. */
  readonly selected: string | null;
  readonly totals: { readonly paths: number; readonly sizeBytes: number; readonly deletedBytes: number };
  readonly rows: Iterable<SeenFile>;
}

export interface SeenText {
  readonly view: 'text';
  readonly title: string;
  readonly lines: Iterable<string>;
}

export interface SeenList {
  readonly view: 'list';
  readonly title: string;
  readonly filter: string | null;
  readonly sort: string;
  /** The titles of the columns. */
  readonly columns: readonly string[];
  readonly rows: Iterable<SeenRow>;
}

/** A row of a list. */
export interface SeenRow {
  /** What the columns contain, as it is shown. */
  readonly cells: readonly string[];
  /** The number of groups around it. */
  readonly level: number;
  /** Whether the rows of a group follow; null for what is none. */
  readonly expanded: boolean | null;
  /** The layer that it is about; null for none. */
  readonly layer: number | null;
  readonly side?: Side;
  /** The path that it is about; null for none. */
  readonly path: string | null;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
}
