import { Kind, NONE } from '@layers/core/rootfs';
import type { PathState } from '@layers/insight/events';
import type { LayerRange } from '../tree/layer-range.js';
import type { PathIndex } from '../tree/path-index.js';

/** A version of a path: what one layer made of it. */
export interface Version {
  readonly state: PathState;
  /** The layer that added or changed the path. */
  readonly layer: number;
  /** The layer that deleted or replaced it; null where it is in the final file system. */
  readonly endedBy: number | null;
  readonly isDeleted: boolean;
  /** The layer that made its bytes unreachable; null where some path of the final file system leads to them. */
  readonly wastedBy: number | null;
}

/** Returns the version of a path after a layer; of a deleted one, the last that it had. Null where it never existed. */
export function versionAt(index: PathIndex, node: number, layer: number): Version | null {
  return versionBefore(index, node, index.eventAt(node, layer));
}

/** Returns the version of a path that a tree of these layers shows; null for a directory without an entry. */
export function versionIn(index: PathIndex, node: number, { from, to }: LayerRange): Version | null {
  const { events } = index;
  const last = index.eventAt(node, to);
  let event = last;
  if (last !== NONE && events.isDeletion(last))
    while (event !== NONE && events.layerOf(event) >= from) event = events.previousOf(event);
  return versionBefore(index, node, event === NONE ? last : event);
}

/** Returns the last version of a path that the layers of a range store and that is wasted; null for none. */
export function wastedVersionIn(index: PathIndex, node: number, { from, to }: LayerRange): Version | null {
  const { events } = index;
  for (let event = index.eventAt(node, to); event !== NONE; event = events.previousOf(event)) {
    if (events.layerOf(event) < from) break;
    const state = events.stateOf(event);
    if (!events.isDeletion(event) && state.kind === Kind.file && index.wastedBy(state) !== null)
      return versionBefore(index, node, event);
  }
  return null;
}

/** Returns the version that an event made, or the one that it deleted. */
function versionBefore(index: PathIndex, node: number, at: number): Version | null {
  const { events } = index;
  if (at === NONE) return null;
  const event = events.isDeletion(at) ? events.previousOf(at) : at;
  let next = NONE;
  for (let later = events.lastOf(node); later !== event && later !== NONE; later = events.previousOf(later))
    next = later;
  // What the first of two images has to its end has no ending.
  if (next !== NONE && events.layerOf(next) === index.emptying) next = NONE;
  const state = events.stateOf(event);
  return {
    state,
    layer: events.layerOf(event),
    endedBy: next === NONE ? null : events.layerOf(next),
    isDeleted: next !== NONE && events.isDeletion(next),
    wastedBy: state.kind === Kind.file ? index.wastedBy(state) : null,
  };
}

/** Returns the layer that wasted, deleted or replaced a version, and which of these it did. */
export function endingOf(version: Version | null): {
  readonly endedBy: number | null;
  readonly ending: string;
} {
  if (version === null) return { endedBy: null, ending: '' };
  const { wastedBy, endedBy, isDeleted } = version;
  if (wastedBy !== null) return { endedBy: wastedBy, ending: 'wasted' };
  return { endedBy, ending: isDeleted ? 'deleted' : 'replaced' };
}

/** Returns the last layer, up to `layer`, after which a path existed; else the first one after. NONE for an unknown path. */
export function layerWith(index: PathIndex, node: number, layer: number): number {
  const { events } = index;
  const at = index.eventAt(node, layer);
  if (at !== NONE) return layer;
  const [first] = events.of(node);
  return first === undefined ? NONE : events.layerOf(first);
}
