import { calmestFirst, joinAll, mergeClusters } from './merge-clusters.js';
import type { Cluster, UpdateCost } from './update-cost.js';

/** The most updates within which other layers must be worth their transfer. */
const MOST_UPDATES = 10;

/** The share of the bytes of continued layers that new ones may cost: less is no reason to change them. */
const WORTHWHILE = 0.98;

/** The layers that hosts have, from the newest earlier version. */
export interface EarlierLayers {
  /** The layer of each component but volatile ones. */
  readonly layerOf: ReadonlyMap<number, number>;
  /** The closing layers. */
  readonly closing: ReadonlySet<number>;
  /** The bit of the update from that version to this one. */
  readonly lastUpdate: number;
}

/** The components of each group, and its closing layer. */
export interface GroupClusters {
  /** Single components, sorted by name. */
  readonly groups: readonly (readonly Cluster[])[];
  /** The same, joined where a group is to be one layer. */
  readonly wanted: readonly (readonly Cluster[])[];
  /** For each group one bit for each update: whether something of it changed but times of directories. */
  readonly groupChanges: readonly number[];
}

/**
 * Keeps the layers of the newest earlier version that did not change. What is in the others must be transferred anyway, so
 * that it costs nothing to distribute it anew, together with new components. A group of which something changed is
 * distributed anew as a whole where that pays within a few updates. One of which nothing changed never is, unless there
 * may be fewer layers than before: so no update transfers more than the layers of the image that it exchanges.
 */
export function continueLayers(
  { groups, wanted, groupChanges }: GroupClusters,
  earlier: EarlierLayers,
  most: number,
  cost: UpdateCost,
): { readonly layers: readonly Cluster[]; readonly isContinued: boolean } {
  const sizes = sizesOf(earlier);
  const isChanged = (group: number): boolean => ((groupChanges[group] ?? 0) & earlier.lastUpdate) !== 0;
  const parts = groups.map((clusters, group): KeptLayers => {
    const whole = wanted[group] ?? [];
    if (isChanged(group))
      return whole.length === 1 ? { kept: [], open: whole } : keptLayers(clusters, earlier, sizes, true);
    const unchanged = keptLayers(clusters, earlier, sizes, false);
    // A file can be in another layer of the image than before.
    return unchanged.open.length === 0 ? unchanged : keptLayers(clusters, earlier, sizes, true);
  });
  const continued = withinRoom(parts, most, cost);
  if (continued.length > most) return { layers: mergeClusters(continued, most, cost), isContinued: false };
  let replanned = 0;
  const layers = groups.flatMap((clusters, of) => {
    const own = continued.filter(({ group }) => group === of);
    if (!isChanged(of)) return own;
    const planned = calmestFirst(mergeClusters(clusters, own.length, cost), cost);
    const costs = [planned, own].map((each) => costFromNow(each, earlier, sizes, cost));
    const isWorthwhile = (costs[0] ?? 0) < (costs[1] ?? 0) * WORTHWHILE;
    if (isWorthwhile) replanned++;
    return isWorthwhile ? planned : own;
  });
  return { layers, isContinued: replanned < groups.length };
}

/** The layers of a group that stay, and what is in none of them. */
interface KeptLayers {
  readonly kept: readonly Cluster[];
  readonly open: readonly Cluster[];
}

/** Returns the kept layers and those of the others; more than `most` only if there are more kept ones. */
function withinRoom(parts: readonly KeptLayers[], most: number, cost: UpdateCost): Cluster[] {
  const kept = parts.flatMap((part) => part.kept);
  const room = most - kept.length;
  if (room >= parts.filter(({ open }) => open.length > 0).length)
    return [
      ...kept,
      ...calmestFirst(
        mergeClusters(
          parts.flatMap(({ open }) => open),
          room,
          cost,
        ),
        cost,
      ),
    ];
  // What is new joins what is kept of the same group, so that the other groups stay.
  return parts.flatMap((part) =>
    part.open.length === 0
      ? part.kept
      : mergeClusters([...part.kept, joinAll(part.open)], Math.max(1, part.kept.length), cost),
  );
}

/** Splits the components of a group into the layers that it keeps, and the components of others. */
function keptLayers(
  clusters: readonly Cluster[],
  { layerOf, closing, lastUpdate }: EarlierLayers,
  sizes: ReadonlyMap<number, number>,
  isChanged: boolean,
): KeptLayers {
  const byLayer = new Map<number, Cluster[]>();
  const open = new Set<Cluster>();
  const last: Cluster[] = [];
  for (const cluster of clusters) {
    const layer = layerOf.get(cluster.ids[0] ?? -1);
    const isLast = cluster.closes || (layer !== undefined && closing.has(layer));
    if (isLast && !isChanged) last.push(cluster);
    else if (isLast || layer === undefined) open.add(cluster);
    else byLayer.set(layer, [...(byLayer.get(layer) ?? []), cluster]);
  }
  const kept: Cluster[] = [];
  for (const [layer, parts] of [...byLayer].sort(([a], [b]) => a - b)) {
    const isSame =
      parts.length === sizes.get(layer) && parts.every(({ changes }) => (changes & lastUpdate) === 0);
    if (isSame) kept.push(joinAll(parts));
    else for (const part of parts) open.add(part);
  }
  if (last.length > 0) kept.push(joinAll(last));
  return { kept, open: clusters.filter((cluster) => open.has(cluster)) };
}

/** Returns the number of components of each layer. */
function sizesOf({ layerOf }: EarlierLayers): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const layer of layerOf.values()) sizes.set(layer, (sizes.get(layer) ?? 0) + 1);
  return sizes;
}

/** Returns the updates within which other layers must be worth their transfer: a short past says little of a long future. */
function updatesAhead(lastUpdate: number): number {
  return Math.min(MOST_UPDATES, 32 - Math.clz32(lastUpdate));
}

/** Returns what layers transfer with this update and the next ones. */
function costFromNow(
  layers: readonly Cluster[],
  { layerOf, lastUpdate }: EarlierLayers,
  sizes: ReadonlyMap<number, number>,
  cost: UpdateCost,
): number {
  const updates = updatesAhead(lastUpdate);
  return layers.reduce((sum, layer) => {
    const [first, ...others] = new Set(layer.ids.map((id) => layerOf.get(id)));
    const isSame =
      !layer.closes &&
      first !== undefined &&
      others.length === 0 &&
      sizes.get(first) === layer.ids.length &&
      (layer.changes & lastUpdate) === 0;
    return sum + updates * cost.of(layer) + (isSame ? 0 : layer.bytes);
  }, 0);
}
