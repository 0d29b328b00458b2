import { binsByName } from './bins-by-name.js';
import type { ComponentTable } from './component-table.js';
import { calmestFirst, continueClusters, costFromNow, type EarlierLayers } from './continue-clusters.js';
import { joinAll, mergeClusters } from './merge-clusters.js';
import { type Cluster, clusterOf, createUpdateCost } from './update-cost.js';

/** What is known about the components of an image. */
export interface KnownComponents {
  readonly table: ComponentTable;
  /** Bytes of each component in the image; 0 for one that it lacks. */
  readonly bytes: Float64Array;
  /** The number of updates between known versions. */
  readonly steps: number;
  /** For each component one bit for each update: whether it changed. */
  readonly changes: Uint32Array;
  /** Null where the newest earlier version was not made of such layers. */
  readonly earlier: EarlierLayers | null;
}

/** The components of each layer. */
export interface ChosenLayers {
  /** The layers that change least come first. */
  readonly layers: readonly Cluster[];
  /** What changes with every build, for the uppermost layer; null if there is nothing. */
  readonly last: Cluster | null;
  /** Whether the layers are those of the newest earlier version. */
  readonly isContinued: boolean;
}

/** The share of the bytes of the old layers that new ones may cost: less is no reason to change them. */
const WORTHWHILE = 0.98;

/** Decides which components are in which of at most `most` layers. */
export function chooseLayers(known: KnownComponents, most: number): ChosenLayers {
  const { table, steps, earlier } = known;
  const nameOf = (cluster: Cluster): string => table.get(cluster.ids[0] ?? 0).name;
  const all = Array.from({ length: table.count }, (_, id) => id)
    .filter((id) => (known.bytes[id] ?? 0) > 0)
    .map((id) => clusterOf(id, table.get(id).kind, known.bytes[id] ?? 0, known.changes[id] ?? 0))
    .sort((a, b) => compareText(nameOf(a), nameOf(b)));
  const isLast = ({ ids: [id = 0] }: Cluster): boolean => {
    const { kind } = table.get(id);
    // Without earlier versions nobody knows whether compiled files change alone.
    return kind === 'volatile' || (kind === 'compiled' && steps === 0);
  };
  const volatile = all.filter(isLast);
  const others = all.filter((cluster) => !isLast(cluster));
  const last = volatile.length === 0 ? null : joinAll(volatile);
  const room = Math.max(0, most - 1);
  if (room === 0) return { layers: [], last: all.length === 0 ? null : joinAll(all), isContinued: false };
  const cost = createUpdateCost(steps);
  if (steps === 0) {
    const bins = binsByName(others, room, ({ ids: [id = 0] }) => table.get(id));
    return { layers: calmestFirst(bins, cost), last, isContinued: false };
  }
  const planned = calmestFirst(mergeClusters(others, room, cost), cost);
  if (earlier === null) return { layers: planned, last, isContinued: false };
  const kept = continueClusters(others, earlier, room, cost);
  const isContinued = costFromNow(kept, earlier, cost) * WORTHWHILE <= costFromNow(planned, earlier, cost);
  return { layers: isContinued ? kept : planned, last, isContinued };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
