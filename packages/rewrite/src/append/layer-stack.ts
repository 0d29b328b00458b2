import { type Changeset, ChangesetIndexer, type Union, uniteLayers } from '@layers/core/rootfs';
import { whiteoutName } from '../emit/whiteout-name.js';
import type { AppendBase } from './append-options.js';
import type { ScannedSource } from './scanned-source.js';

/**
 * The image and the changesets on top of it: one for each addition and each list of deletions. The new layer is the
 * difference between `before` and `after`.
 */
export interface LayerStack {
  readonly base: AppendBase | null;
  readonly before: Union;
  readonly after: Union;
  /** The source of each layer of `after` above those of `before`; null for deletions. */
  readonly sources: readonly (ScannedSource | null)[];
}

export function newStack(base: AppendBase | null): LayerStack {
  const before = base?.union ?? uniteLayers([]);
  return { base, before, after: before, sources: [] };
}

/** Returns the stack with another changeset on top. */
export function pushChangeset(
  stack: LayerStack,
  changeset: Changeset,
  source: ScannedSource | null,
): LayerStack {
  const after = uniteLayers([...stack.after.layers, changeset], stack.after);
  return { ...stack, after, sources: [...stack.sources, source] };
}

/** Returns a changeset that deletes absolute paths. */
export function deletionsOf(paths: readonly Uint8Array[]): Changeset {
  const indexer = new ChangesetIndexer();
  for (const path of paths) {
    indexer.add({
      headerOffset: 0,
      dataOffset: 0,
      storedSize: 0,
      size: 0,
      type: 'file',
      typeflag: 0,
      path: whiteoutName(path.subarray(1)),
      linkpath: new Uint8Array(0),
      mode: 0,
      uid: 0,
      gid: 0,
      mtime: 0,
      mtimeNs: 0,
      devmajor: 0,
      devminor: 0,
      xattrs: null,
      sparse: null,
      isSelfContained: true,
    });
  }
  return indexer.finish();
}
