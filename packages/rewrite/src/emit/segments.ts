import { dataOffsetOf, Kind, storedSizeOf, type Union } from '@layers/core/rootfs';
import { END_OF_TAR, paddingFor } from '@layers/tar';
import { paddedTo512 } from '@layers/tar/internal';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { stepHeader, stepHeaderBytes } from './step-header.js';

/** Part of a tar to be written. */
export type Segment =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A range of a layer's uncompressed tar, in bytes. */
  | { readonly kind: 'range'; readonly layer: number; readonly from: number; readonly length: number }
  /** The content of a sparse entry, holes as zeros, without padding. */
  | { readonly kind: 'file'; readonly layer: number; readonly entry: number; readonly length: number };

const NO_PADDING = new Uint8Array(0);

/** Yields the parts of a plan's tar, including its end marker. Joins adjacent ranges. */
export function* segmentsOf(union: Union, plan: TreePlan): Generator<Segment, void, undefined> {
  let layer = -1;
  let from = 0;
  let length = 0;
  /** Padding at the end of the range. */
  let padding: Uint8Array = NO_PADDING;
  function* range(): Generator<Segment, void, undefined> {
    if (length === 0) return;
    // Written, not copied: the last entry of a tar may lack its padding.
    yield { kind: 'range', layer, from, length: length - padding.length };
    if (padding.length > 0) yield { kind: 'bytes', bytes: padding };
    length = 0;
  }

  for (let step = 0; step < plan.count; step++) {
    const inLayer = plan.layer[step] ?? -1;
    const entry = plan.entry[step] ?? -1;
    const changeset = union.layers[inLayer];
    const action = plan.action[step];
    if (action === Action.copy && changeset !== undefined) {
      const start = changeset.headerOffset[entry] ?? 0;
      const size = storedSizeOf(changeset, entry);
      const end = dataOffsetOf(changeset, entry) + paddedTo512(size);
      if (inLayer !== layer || start !== from + length) yield* range();
      if (length === 0) {
        layer = inLayer;
        from = start;
      }
      length += end - start;
      padding = paddingFor(size);
      continue;
    }
    yield* range();
    yield { kind: 'bytes', bytes: stepHeader(union, plan, step) };
    if (action !== Action.create || changeset === undefined || changeset.kind[entry] !== Kind.file) continue;
    const size = changeset.size[entry] ?? 0;
    if (size === 0) continue;
    const isSparse = changeset.sparse.has(entry);
    if (isSparse) yield { kind: 'file', layer: inLayer, entry, length: size };
    else yield { kind: 'range', layer: inLayer, from: dataOffsetOf(changeset, entry), length: size };
    const filePadding = paddingFor(size);
    if (filePadding.length > 0) yield { kind: 'bytes', bytes: filePadding };
  }
  yield* range();
  yield { kind: 'bytes', bytes: END_OF_TAR };
}

/** Returns the exact bytes of a plan's tar. */
export function plannedTarBytes(union: Union, plan: TreePlan): number {
  let bytes = END_OF_TAR.length;
  for (let step = 0; step < plan.count; step++) {
    const entry = plan.entry[step] ?? -1;
    const changeset = union.layers[plan.layer[step] ?? -1];
    const action = plan.action[step];
    if (action === Action.copy && changeset !== undefined) {
      const start = changeset.headerOffset[entry] ?? 0;
      bytes += dataOffsetOf(changeset, entry) + paddedTo512(storedSizeOf(changeset, entry)) - start;
      continue;
    }
    bytes += stepHeaderBytes(union, plan, step);
    if (action !== Action.create || changeset === undefined || changeset.kind[entry] !== Kind.file) continue;
    bytes += paddedTo512(changeset.size[entry] ?? 0);
  }
  return bytes;
}
