import { joinAll, mergeClusters } from './merge-clusters.js';
import type { Cluster, UpdateCost } from './update-cost.js';

/** The most updates within which other layers must be worth their transfer. */
const MOST_UPDATES = 10;

/** The layers that hosts have, from the newest earlier version. */
export interface EarlierLayers {
  /** The layer of each component. */
  readonly layerOf: ReadonlyMap<number, number>;
  /** The bit of the update from that version to this one. */
  readonly lastUpdate: number;
}

/** Returns the updates within which other layers must be worth their transfer: a short past says little of a long future. */
function updatesAhead(lastUpdate: number): number {
  return Math.min(MOST_UPDATES, 32 - Math.clz32(lastUpdate));
}

/**
 * Keeps the layers of the newest earlier version that did not change. What is in the others must be transferred anyway, so
 * that it costs nothing to distribute it anew, together with new components.
 *
 * @param clusters single components, sorted by name
 * @returns the kept layers in their old order, then the others
 */
export function continueClusters(
  clusters: readonly Cluster[],
  { layerOf, lastUpdate }: EarlierLayers,
  most: number,
  cost: UpdateCost,
): Cluster[] {
  const sizes = sizesOf(layerOf);
  const byLayer = new Map<number, Cluster[]>();
  const added = new Set<Cluster>();
  for (const cluster of clusters) {
    const layer = layerOf.get(cluster.ids[0] ?? -1);
    const parts = layer === undefined ? undefined : byLayer.get(layer);
    if (layer === undefined) added.add(cluster);
    else if (parts === undefined) byLayer.set(layer, [cluster]);
    else parts.push(cluster);
  }
  const kept: Cluster[] = [];
  for (const [layer, parts] of [...byLayer].sort(([a], [b]) => a - b)) {
    const isSame =
      parts.length === sizes.get(layer) && parts.every(({ changes }) => (changes & lastUpdate) === 0);
    if (isSame) kept.push(joinAll(parts));
    else for (const part of parts) added.add(part);
  }
  const open = clusters.filter((cluster) => added.has(cluster));
  const room = most - kept.length;
  if (open.length === 0 && room >= 0) return kept;
  if (room < 1) return mergeClusters([...kept, ...mergeClusters(open, 1, cost)], most, cost);
  return [...kept, ...calmestFirst(mergeClusters(open, room, cost), cost)];
}

/** A Docker Engine with its own storage reuses a layer only on top of the same layers. */
export function calmestFirst(clusters: readonly Cluster[], { rate }: UpdateCost): Cluster[] {
  // Equal ones keep their order, which is that of their names.
  return [...clusters].sort((a, b) => rate(a.changes, a.calm) - rate(b.changes, b.calm));
}

/** Returns the number of components of each layer. */
function sizesOf(layerOf: ReadonlyMap<number, number>): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const layer of layerOf.values()) sizes.set(layer, (sizes.get(layer) ?? 0) + 1);
  return sizes;
}

/** Returns what layers transfer with this update and the next ones. */
export function costFromNow(
  layers: readonly Cluster[],
  { layerOf, lastUpdate }: EarlierLayers,
  cost: UpdateCost,
): number {
  const updates = updatesAhead(lastUpdate);
  const sizes = sizesOf(layerOf);
  return layers.reduce((sum, layer) => {
    const [first, ...others] = new Set(layer.ids.map((id) => layerOf.get(id)));
    const isSame =
      first !== undefined &&
      others.length === 0 &&
      sizes.get(first) === layer.ids.length &&
      (layer.changes & lastUpdate) === 0;
    return sum + updates * cost.of(layer) + (isSame ? 0 : layer.bytes);
  }, 0);
}
