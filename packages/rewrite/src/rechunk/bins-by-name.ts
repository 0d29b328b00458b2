import type { Component, ComponentKind } from './component-table.js';
import { joinAll } from './merge-clusters.js';
import type { Cluster } from './update-cost.js';

/** The share of layers for single large components. */
const LARGE_SHARE = 0.8;

/** How the other layers are shared out to the kinds that the image has. */
const SHARES: readonly (readonly [ComponentKind, number])[] = [
  ['system', 3],
  ['language', 1],
  ['files', 1],
];

/**
 * Distributes components where no earlier version is known. The largest get layers of their own; the others are in one of a
 * fixed number of layers by the hash of their name, so that the next version has them in the same layer although nothing
 * tells it so.
 */
export function binsByName(
  clusters: readonly Cluster[],
  most: number,
  componentOf: (cluster: Cluster) => Component,
): Cluster[] {
  if (clusters.length <= most) return [...clusters];
  const least = largeBytes(clusters, Math.floor(most * LARGE_SHARE));
  const small = clusters.filter(({ bytes }) => bytes < least);
  const kinds = SHARES.filter(([kind]) => small.some((cluster) => isOf(kind, componentOf(cluster).kind)));
  const bins = Math.max(1, most - Math.floor(most * LARGE_SHARE));
  const shares = kinds.reduce((sum, [, share]) => sum + share, 0);
  const groups = new Map<string, Cluster[]>();
  for (const cluster of small) {
    const { name, kind } = componentOf(cluster);
    const [of, share] = kinds.find(([each]) => isOf(each, kind)) ?? ['system', shares];
    const count = Math.floor((bins * share) / shares);
    const key = bins < kinds.length ? '' : `${of} ${hashOf(name) % Math.max(1, count)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cluster]);
    else group.push(cluster);
  }
  return [...clusters.filter(({ bytes }) => bytes >= least), ...[...groups.values()].map(joinAll)];
}

function isOf(kind: ComponentKind, other: ComponentKind): boolean {
  return kind === other || (kind === 'files' && (other === 'compiled' || other === 'volatile'));
}

/** Sizes above which components are alone differ by this factor, so that small changes of sizes rarely change which are. */
const STEP = 2 ** 0.25;

/** Returns a size that at most `most` clusters reach. */
function largeBytes(clusters: readonly Cluster[], most: number): number {
  const sizes = clusters.map(({ bytes }) => bytes).sort((a, b) => b - a);
  let least = 2 ** 16;
  while ((sizes[most] ?? 0) >= least) least *= STEP;
  return least;
}

/** FNV-1a, 32 bits. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
