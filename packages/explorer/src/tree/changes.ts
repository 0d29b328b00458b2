import { NONE, ROOT } from '@layers/core/rootfs';
import type { LayerRange } from './layer-range.js';
import type { PathIndex } from './path-index.js';

/** What a range of layers did to a path. `absent`: it exists neither before nor after. */
export const Mark = { absent: 0, same: 1, added: 2, changed: 3, deleted: 4 } as const;

/** Nodes between two pauses. */
export const STEP = 2048;

/** Returns a mark for each node. */
export function* markChanges(
  index: PathIndex,
  { from, to, marks, differences }: LayerRange,
): Generator<undefined, Uint8Array> {
  const { events, count } = index;
  const result = new Uint8Array(count);
  result[ROOT] = Mark.same;
  for (let node = ROOT + 1; node < count; node++) {
    if (node % STEP === 0) yield;
    const last = index.eventAt(node, to);
    const exists = last !== NONE && !events.isDeletion(last);
    if (!marks) {
      if (exists) result[node] = Mark.same;
      continue;
    }
    let before = last;
    while (before !== NONE && events.layerOf(before) >= from) before = events.previousOf(before);
    const existed = before !== NONE && !events.isDeletion(before);
    if (exists && existed) {
      const isSame = differences === undefined ? before === last : differences.fields[node] === 0;
      result[node] = isSame ? Mark.same : Mark.changed;
    } else if (exists) result[node] = Mark.added;
    else if (existed) result[node] = Mark.deleted;
  }
  return result;
}
