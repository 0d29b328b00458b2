import type { ReportData } from '@layers/report/data';

/** A file that the user chose; `path` begins with the name of the directory where one was chosen. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** An image of the archives that were opened. */
export interface ImagePlace {
  readonly archive: number;
  readonly image: number;
}

/** What the page asks the engine. */
export type Request =
  /** Opens archives, or directories. */
  | { readonly do: 'open'; readonly files: readonly ChosenFile[] }
  /** Reads the layers of an image. `study` and `file` are about this image. */
  | ({ readonly do: 'inspect' } & ImagePlace)
  /** Reads contents: advice, duplicates and packages. */
  | { readonly do: 'study' }
  /** Reads the layers of two images, and compares them. No requests about one image can follow. */
  | { readonly do: 'compare'; readonly a: ImagePlace; readonly b: ImagePlace }
  /** Reads a file that a layer stores. A path is bytes. */
  | { readonly do: 'file'; readonly path: Uint8Array; readonly layer: number };

/** The results, by request. */
export interface Results {
  readonly open: readonly OpenedArchive[];
  readonly inspect: Inspected;
  readonly study: ReportData;
  readonly compare: Inspected;
  readonly file: Blob;
}

export interface Inspected {
  /** The document of `layers inspect --json` or `layers diff --json`, as text. */
  readonly json: string;
  /** Of one image, what is known without reading contents. */
  readonly report: ReportData;
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
  readonly totalBytes: number | null;
}

/** What the engine sends. */
export type Answer =
  /** It can be asked now: what comes earlier is lost. */
  | { readonly isReady: true }
  | { readonly id: number; readonly result: Results[keyof Results] }
  | { readonly id: number; readonly problem: Problem }
  | { readonly progress: Progress };
