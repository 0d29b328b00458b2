import type { Changeset } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import type { AppendFindingCode, AppendOptions } from './append-options.js';

/** The start of an entry's content, or the next bytes of it, which hold until the next step. */
export type ContentEvent = { readonly start: number } | { readonly bytes: Uint8Array };

/**
 * Contents, a batch at a time: the steps of a batch are made at once, and all of them before the next batch is asked for.
 * Turns may end anywhere in a content.
 */
export type ContentBatches = AsyncGenerator<Iterable<ContentEvent>, void, undefined>;

/** What was learnt of one addition. */
export interface ScannedSource {
  /** Its entries at their paths in the image. */
  readonly changeset: Changeset;
  /** Whether the changeset tells of xattrs. */
  readonly hasXattrs: boolean;
  /**
   * The contents of the file entries that are wanted, in the order of their indexes. Throws ERR_LAYERS_READ, and
   * ERR_LAYERS_INPUT_CHANGED where the source is not what it was.
   */
  contents(wanted: (entry: number) => boolean): ContentBatches;
}

/** How an addition is scanned. */
export interface ScanContext {
  readonly source: string;
  readonly options: AppendOptions;
  addFinding(code: AppendFindingCode, path: string | null, message: string): void;
}

export interface Times {
  readonly mtime: number;
  readonly mtimeNanoseconds: number;
}

/** The time that an entry gets. */
export function timesOf({ mtime, mtimeNanoseconds }: Times, options: AppendOptions): Times {
  if (options.mtime !== undefined) return { mtime: options.mtime, mtimeNanoseconds: 0 };
  const { clampMtime } = options;
  if (clampMtime === undefined || mtime < clampMtime) return { mtime, mtimeNanoseconds };
  return { mtime: clampMtime, mtimeNanoseconds: 0 };
}

/** The time of what the sources do not have. */
export function defaultTime({ mtime, clampMtime }: AppendOptions): number {
  return mtime ?? clampMtime ?? 0;
}

/** The error for a source that is not what it was when the layer was planned. */
export function inputChanged(path: string): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', `${path} changed while the layer was made`, {
    archive: path,
    hint: 'try again when nothing writes to it',
  });
}
