import { type Changeset, ChangesetIndexer, Kind } from '@layers/core/rootfs';

/** Returns a layer that removes all files below it: an opaque marker in the root (OCI image-spec layer.md). */
export function emptyingLayer(): Changeset {
  const zero = [0];
  return {
    ...new ChangesetIndexer().finish(),
    count: 1,
    kind: Uint8Array.of(Kind.opaque),
    parent: Int32Array.from(zero),
    nameStart: Uint32Array.from(zero),
    nameLength: Uint16Array.from(zero),
    mode: Uint16Array.from(zero),
    uid: Float64Array.from(zero),
    gid: Float64Array.from(zero),
    size: Float64Array.from(zero),
    mtime: Float64Array.from(zero),
    headerOffset: Float64Array.from(zero),
    headerBytes: Uint32Array.from(zero),
  };
}
