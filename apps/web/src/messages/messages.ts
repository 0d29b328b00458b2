/** A file that the user chose; `path` begins with the name of the directory where one was chosen. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** What the page asks the engine. */
export type Request =
  /** Opens archives, or directories. */
  | { readonly do: 'open'; readonly files: readonly ChosenFile[] }
  /** Reads the layers of an image. All other requests are about this image. */
  | { readonly do: 'inspect'; readonly archive: number; readonly image: number }
  /** Lists a directory of the merged root file system. A path is bytes. */
  | { readonly do: 'list'; readonly path: Uint8Array }
  /** Reads a file of the merged root file system. */
  | { readonly do: 'file'; readonly path: Uint8Array };

/** The results, by request. */
export interface Results {
  readonly open: readonly OpenedArchive[];
  /** The document of `layers inspect --json`, as text. */
  readonly inspect: string;
  readonly list: readonly Item[];
  readonly file: Blob;
}

/** An archive whose images are known, or which cannot be read. */
export type OpenedArchive =
  | { readonly name: string; readonly images: readonly ImageLabel[] }
  | { readonly name: string; readonly problem: Problem };

export interface ImageLabel {
  readonly id: string | null;
  readonly tags: readonly string[];
  readonly platform: string | null;
  readonly layers: number;
}

/** An entry of a directory. */
export interface Item {
  readonly path: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Position of the layer that it comes from. */
  readonly layer: number;
  /** The target of a symlink. */
  readonly target: string | null;
}

/** An error, as the command prints it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly archive: string | null;
  readonly file: string | null;
  readonly offset: number | null;
}

/** How much of the files was read. */
export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What the engine sends. */
export type Answer =
  /** It can be asked now: what comes earlier is lost. */
  | { readonly isReady: true }
  | { readonly id: number; readonly result: Results[keyof Results] }
  | { readonly id: number; readonly problem: Problem }
  | { readonly progress: Progress };
