import { type ComponentKind, PRIOR } from './component-table.js';

/** The most updates that are remembered: one bit each, in two tables of 15 bits. */
export const MAX_STEPS = 30;
const HALF_STEPS = 15;
const HALF = 2 ** HALF_STEPS;

/** An update counts so much less than the next one. */
const FADING = 0.9;

/** What another layer costs a host that fetches it: its request and its header, in bytes. */
const LAYER_BYTES = 4096;

/** How often a host has no version at all, and fetches all layers. */
const FULL_PULLS = 0.05;

/** What is known before the first update counts as so many updates. */
const PRIOR_UPDATES = 4;

/** Components in one layer. */
export interface Cluster {
  /** The numbers of the components. */
  readonly ids: readonly number[];
  readonly bytes: number;
  /** Clusters of two groups are never joined. */
  readonly group: number;
  /** Whether it is the uppermost layer of its group, which has the times of directories. */
  readonly closes: boolean;
  /** One bit for each update, the oldest lowest: whether one of the components changed. */
  readonly changes: number;
  /** The logarithm of the probability that none of the components changes, where nothing is known about them. */
  readonly calm: number;
}

export function clusterOf(
  id: number,
  kind: ComponentKind,
  { bytes, changes, group }: Pick<Cluster, 'bytes' | 'changes' | 'group'>,
): Cluster {
  return { ids: [id], bytes, group, closes: false, changes, calm: Math.log1p(-PRIOR[kind]) };
}

/** Returns the uppermost layer of a group, without components. */
export function closingCluster(group: number, changes: number): Cluster {
  return { ids: [], bytes: 0, group, closes: true, changes, calm: Math.log1p(-PRIOR.volatile) };
}

export function joined(a: Cluster, b: Cluster): Cluster {
  return {
    ids: [...a.ids, ...b.ids],
    bytes: a.bytes + b.bytes,
    group: a.group,
    closes: a.closes || b.closes,
    changes: a.changes | b.changes,
    calm: a.calm + b.calm,
  };
}

/** What a layer costs with an update, by the updates that are known. */
export interface UpdateCost {
  /** Returns the probability that a layer changes. */
  rate(changes: number, calm: number): number;
  /** Returns the bytes that a layer is expected to transfer for an update. */
  of(cluster: Pick<Cluster, 'bytes' | 'changes' | 'calm'>): number;
  /** Returns how much more two layers cost as one, infinite for two groups; `costs` is what both cost now. */
  ofJoining(a: Cluster, b: Cluster, costs?: number): number;
}

/** Creates the cost of layers after so many known updates, at most `MAX_STEPS`. */
export function createUpdateCost(steps: number): UpdateCost {
  const weights = Array.from({ length: MAX_STEPS }, (_, step) =>
    step < steps ? FADING ** (steps - 1 - step) : 0,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const low = sumsOf(weights.slice(0, HALF_STEPS));
  const high = sumsOf(weights.slice(HALF_STEPS));
  const rate = (changes: number, calm: number): number => {
    const seen = (low[changes & (HALF - 1)] ?? 0) + (high[changes >>> HALF_STEPS] ?? 0);
    return (seen + PRIOR_UPDATES * (1 - Math.exp(calm))) / (total + PRIOR_UPDATES);
  };
  const cost = (bytes: number, changes: number, calm: number): number =>
    rate(changes, calm) * (bytes + LAYER_BYTES) + FULL_PULLS * LAYER_BYTES;
  return {
    rate,
    of: ({ bytes, changes, calm }) => cost(bytes, changes, calm),
    ofJoining: (a, b, costs = cost(a.bytes, a.changes, a.calm) + cost(b.bytes, b.changes, b.calm)) =>
      a.group === b.group
        ? cost(a.bytes + b.bytes, a.changes | b.changes, a.calm + b.calm) - costs
        : Number.POSITIVE_INFINITY,
  };
}

/** Returns the sum of the weights of each set of bits. */
function sumsOf(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** weights.length);
  for (let set = 1; set < sums.length; set++) {
    const bit = 31 - Math.clz32(set);
    sums[set] = (sums[set & ~(1 << bit)] ?? 0) + (weights[bit] ?? 0);
  }
  return sums;
}
