import { type Changeset, ChangesetIndexer, type Union, uniteLayers } from '@layers/core/rootfs';
import { whiteoutName } from '../emit/whiteout-name.js';
import type { AppendBase } from './append-options.js';
import type { ScannedSource } from './scanned-source.js';

/**
 * The image with what is to change laid over it, a changeset for each addition and each round of deletions. They will
 * be one layer in the end: what differs between `before` and `after`.
 */
export interface LayerStack {
  readonly base: AppendBase | null;
  readonly before: Union;
  readonly after: Union;
  /** What each layer of `after` above those of `before` came from; null for deletions. */
  readonly sources: readonly (ScannedSource | null)[];
}

export function newStack(base: AppendBase | null): LayerStack {
  const before = base?.union ?? uniteLayers([]);
  return { base, before, after: before, sources: [] };
}

/** The stack with one more changeset on it. */
export function pushChangeset(
  stack: LayerStack,
  changeset: Changeset,
  source: ScannedSource | null,
): LayerStack {
  const after = uniteLayers([...stack.after.layers, changeset], stack.after);
  return { ...stack, after, sources: [...stack.sources, source] };
}

/** A changeset that deletes paths, which are from the root with a slash in front. */
export function deletionsOf(paths: readonly Buffer[]): Changeset {
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
      mtimeNanoseconds: 0,
      devmajor: 0,
      devminor: 0,
      xattrs: null,
      sparse: null,
      isSelfContained: true,
    });
  }
  return indexer.finish();
}
