import { Kind, NONE, storedSizeOf, type Union } from '@layers/core/rootfs';
import type { Selection } from './selection.js';

/** Returns the entries of a layer, ascending, whose contents are selected and can be written. */
export function selectedContents(
  union: Union,
  selection: Selection,
  layer: number,
  canWrite: (node: number) => boolean,
): Int32Array {
  const changeset = union.layers[layer];
  const entries = new Int32Array(changeset?.count ?? 0);
  let count = 0;
  for (let entry = 0; entry < entries.length; entry++) {
    if (changeset?.kind[entry] !== Kind.file) continue;
    const node = selection.primaryNameOf(layer, entry);
    if (node !== NONE && canWrite(node)) entries[count++] = entry;
  }
  return entries.subarray(0, count);
}

/** Returns the bytes of all selected contents, as stored in the layers. */
export function selectedBytes(union: Union, selection: Selection): number {
  let bytes = 0;
  union.layers.forEach((changeset, layer) => {
    for (const entry of selectedContents(union, selection, layer, () => true)) {
      bytes += storedSizeOf(changeset, entry);
    }
  });
  return bytes;
}
