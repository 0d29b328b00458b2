import type { FindingCode } from '@layers/core/findings';
import type { Changeset } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import type { AppendOptions } from './append-options.js';
import type { ContentBatches } from './content-batches.js';

/** The scanned source of one addition. */
export interface ScannedSource {
  /** Its entries, at their paths in the image. */
  readonly changeset: Changeset;
  /** Whether the xattrs of the changeset are all that its files should have. Those of files on disk can be incomplete. */
  readonly hasXattrs: boolean;
  /**
   * Reads the contents of the selected file entries, in the order of their indexes. Throws ERR_LAYERS_READ, and
   * ERR_LAYERS_INPUT_CHANGED if the source changed.
   */
  contents(isSelected: (entry: number) => boolean): ContentBatches;
}

/** What scanning an addition needs. */
export interface ScanContext {
  readonly source: string;
  readonly options: AppendOptions;
  addFinding(code: FindingCode, path: Uint8Array, message: string): void;
}

export interface Times {
  readonly mtime: number;
  readonly mtimeNs: number;
}

/** Returns the modification time of an added entry. */
export function timesOf({ mtime, mtimeNs }: Times, options: AppendOptions): Times {
  if (options.mtime !== undefined) return { mtime: options.mtime, mtimeNs: 0 };
  const { clampMtime } = options;
  if (clampMtime === undefined || mtime < clampMtime) return { mtime, mtimeNs };
  return { mtime: clampMtime, mtimeNs: 0 };
}

/** Returns the modification time, in seconds since 1970, of entries that no source has. */
export function defaultTime({ mtime, clampMtime }: AppendOptions): number {
  return mtime ?? clampMtime ?? 0;
}

/** Returns ERR_LAYERS_INPUT_CHANGED for a source that changed after the layer was planned. */
export function inputChanged(path: string): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', `${path} changed while the layer was created`, {
    archive: path,
    hint: 'try again when no other process writes to it',
  });
}
