import { type Cluster, joined, type UpdateCost } from './update-cost.js';

/** More clusters are first joined by what they have in common, because each is compared with each. */
const MAX_COMPARED = 600;

/**
 * Joins clusters until at most `most` are left, or one for each group, and further while that saves bytes: always the two
 * that cost least as one.
 * The result depends on the order of the clusters, so pass them sorted by name.
 */
export function mergeClusters(clusters: readonly Cluster[], most: number, cost: UpdateCost): Cluster[] {
  const merged: (Cluster | null)[] = [...fewClusters(clusters)];
  const partner = new Int32Array(merged.length).fill(-1);
  const extra = new Float64Array(merged.length).fill(Number.POSITIVE_INFINITY);
  const costs = Float64Array.from(merged, (cluster) => (cluster === null ? 0 : cost.of(cluster)));
  const sumOf = (i: number, j: number): number => (costs[i] ?? 0) + (costs[j] ?? 0);
  let left = merged.length;

  const findPartner = (of: number): void => {
    const cluster = merged[of];
    partner[of] = -1;
    extra[of] = Number.POSITIVE_INFINITY;
    if (cluster === null || cluster === undefined) return;
    for (let other = 0; other < merged.length; other++) {
      const candidate = merged[other];
      if (other === of || candidate === null || candidate === undefined) continue;
      const more = cost.ofJoining(cluster, candidate, sumOf(of, other));
      if (more >= (extra[of] ?? 0)) continue;
      extra[of] = more;
      partner[of] = other;
    }
  };

  for (let i = 0; i < merged.length; i++) findPartner(i);
  while (left > 1) {
    let best = 0;
    for (let i = 1; i < merged.length; i++) if ((extra[i] ?? 0) < (extra[best] ?? 0)) best = i;
    const other = partner[best] ?? -1;
    const [a, b] = [merged[best], merged[other]];
    if (!a || !b || (left <= Math.max(most, 1) && (extra[best] ?? 0) >= 0)) break;
    const [kept, gone] = best < other ? [best, other] : [other, best];
    const one = joined(a, b);
    merged[kept] = one;
    costs[kept] = cost.of(one);
    merged[gone] = null;
    extra[gone] = Number.POSITIVE_INFINITY;
    left--;
    findPartner(kept);
    for (let i = 0; i < merged.length; i++) {
      const cluster = merged[i];
      if (i === kept || cluster === null || cluster === undefined) continue;
      if (partner[i] === kept || partner[i] === gone) {
        findPartner(i);
        continue;
      }
      const more = cost.ofJoining(cluster, one, sumOf(i, kept));
      if (more < (extra[i] ?? 0)) {
        extra[i] = more;
        partner[i] = kept;
      }
    }
  }
  return merged.filter((cluster) => cluster !== null);
}

/** Joins the small clusters that change alike, then any, until few enough are left to compare each with each. */
function fewClusters(clusters: readonly Cluster[]): readonly Cluster[] {
  let result = clusters;
  const alike: readonly ((cluster: Cluster) => string)[] = [
    ({ group, changes, calm }) => `${group} ${changes} ${calm}`,
    ({ group, changes }) => `${group} ${changes}`,
    ({ group }) => `${group}`,
  ];
  for (const keyOf of alike) if (result.length > MAX_COMPARED) result = joinAlike(result, keyOf);
  return result;
}

function joinAlike(clusters: readonly Cluster[], keyOf: (cluster: Cluster) => string): Cluster[] {
  const total = clusters.reduce((sum, { bytes }) => sum + bytes, 0);
  const enough = (total * 2) / MAX_COMPARED;
  const open = new Map<string, { parts: Cluster[]; bytes: number }>();
  const result: Cluster[] = [];
  for (const cluster of clusters) {
    const key = keyOf(cluster);
    const bin = open.get(key) ?? { parts: [], bytes: 0 };
    bin.parts.push(cluster);
    bin.bytes += cluster.bytes;
    open.set(key, bin);
    if (bin.bytes < enough) continue;
    result.push(joinAll(bin.parts));
    open.delete(key);
  }
  for (const { parts } of open.values()) result.push(joinAll(parts));
  return result;
}

export function joinAll(clusters: readonly Cluster[]): Cluster {
  let [bytes, changes, calm] = [0, 0, 0];
  let closes = false;
  const group = clusters[0]?.group ?? 0;
  const ids: number[] = [];
  for (const cluster of clusters) {
    for (const id of cluster.ids) ids.push(id);
    bytes += cluster.bytes;
    changes |= cluster.changes;
    calm += cluster.calm;
    closes ||= cluster.closes;
  }
  return { ids, bytes, group, closes, changes, calm };
}

/** A Docker Engine with its own storage reuses a layer only on top of the same layers. */
export function calmestFirst(clusters: readonly Cluster[], { rate }: UpdateCost): Cluster[] {
  // Equal ones keep their order, which is that of their names.
  return [...clusters].sort((a, b) => rate(a.changes, a.calm) - rate(b.changes, b.calm));
}
