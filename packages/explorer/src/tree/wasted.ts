import { pathOf, ROOT } from '@layers/core/rootfs';
import { Mark, STEP } from './changes.js';
import type { LayerRange } from './layer-range.js';
import type { PathIndex } from './path-index.js';
import type { Totals } from './totals.js';

/** Contents between two pauses where their paths are looked up. */
const PATH_STEP = 512;

/** The wasted contents that some layers store, by path. */
export interface Wasted {
  /** `same` for each node with wasted contents of its own, else `absent`. */
  readonly marks: Uint8Array;
  /** The bytes of these contents. */
  readonly bytes: Float64Array;
}

/** Finds the wasted contents that the layers of a range store. Yields often. */
export function* wastedIn(index: PathIndex, { from, to }: LayerRange): Generator<undefined, Wasted> {
  const { layers, waste } = index.events.union;
  const marks = new Uint8Array(index.count);
  const bytes = new Float64Array(index.count);
  for (let i = 0; i < waste.count; i++) {
    if (i % PATH_STEP === PATH_STEP - 1) yield;
    const { layer, entry, unreachableFrom } = waste.at(i);
    const changeset = layers[layer];
    if (unreachableFrom === index.emptying) continue;
    if (changeset === undefined || layer < from || layer > to) continue;
    const node = index.nearestTo(pathOf(changeset, entry));
    marks[node] = Mark.same;
    bytes[node] = (bytes[node] ?? 0) + (changeset.size[entry] ?? 0);
  }
  return { marks, bytes };
}

/** Adds up the wasted bytes of the selected nodes; null where all are selected. */
export function* addUpWasted(
  index: PathIndex,
  wasted: Wasted,
  selected: Uint8Array | null,
): Generator<undefined, Totals> {
  const { count } = index;
  const shown = new Uint8Array(count);
  const bytes = new Float64Array(count);
  let selectedCount = 0;
  for (let node = count - 1; node >= ROOT; node--) {
    if (node % STEP === 0) yield;
    if (wasted.marks[node] === Mark.same && (selected === null || selected[node] === 1)) {
      shown[node] = 1;
      bytes[node] = (bytes[node] ?? 0) + (wasted.bytes[node] ?? 0);
      selectedCount++;
    }
    if (node === ROOT || shown[node] === 0) continue;
    const parent = index.parentOf(node);
    if (shown[parent] === 0) shown[parent] = 2;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
  }
  shown[ROOT] = shown[ROOT] === 0 ? 2 : (shown[ROOT] ?? 2);
  return { shown, selectedCount, bytes, deletedBytes: null, bytesBefore: null };
}
