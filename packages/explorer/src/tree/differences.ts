import { comparesContents, differingFields, fieldSet } from '@layers/core/diff';
import { indexColumn, NONE, ROOT } from '@layers/core/rootfs';
import { inodeOf, type PathEvents, type PathState } from '@layers/insight/events';
import { STEP } from './changes.js';
import type { Differences, LayerRange } from './layer-range.js';

/** `layers diff` ignores the same by default. */
const IGNORED = fieldSet('mtime', 'hardlinks');
const CONTENT = fieldSet('content');

/** A path before and after layers. */
export interface StatePair {
  readonly before: PathState;
  readonly after: PathState;
}

/** What attributes show of two file systems. */
export interface Comparison extends Differences {
  /** Files of the same size, whose contents may differ. */
  readonly undecided: Int32Array;
}

/** Compares each path before and after layers, as `layers diff` does. Reads no contents. Yields often. */
export function* compareStates(events: PathEvents, range: LayerRange): Generator<undefined, Comparison> {
  const { nodes, layers } = events.union;
  const fields = new Uint16Array(nodes.count);
  const undecided = indexColumn();
  let count = 0;
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (node % STEP === 0) yield;
    const pair = pairAt(events, node, range);
    if (pair === null) continue;
    const [before, after] = [inodeOf(layers, pair.before), inodeOf(layers, pair.after)];
    fields[node] = differingFields(before, after) & ~IGNORED;
    if (!comparesContents(before, after)) continue;
    undecided.ensure(count + 1);
    undecided.values[count++] = node;
  }
  return { fields, undecided: undecided.trimmed(count) };
}

/** Returns the states of a node before and after layers; null where it does not exist in both. */
export function pairAt(events: PathEvents, node: number, { from, to }: LayerRange): StatePair | null {
  const after = events.lastUpTo(node, to);
  const before = events.lastUpTo(node, from - 1);
  if (after === NONE || before === NONE || events.isDeletion(after) || events.isDeletion(before)) return null;
  return { before: events.stateOf(before), after: events.stateOf(after) };
}

/** Returns what differs, where the contents of some of the undecided files do. */
export function decided({ fields, undecided }: Comparison, differs: Uint8Array): Differences {
  const result = fields.slice();
  for (const [i, node] of undecided.entries()) {
    if (differs[i] === 1) result[node] = (result[node] ?? 0) | CONTENT;
  }
  return { fields: result };
}
