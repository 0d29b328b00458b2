import type { Component } from './component-table.js';
import type { Cluster } from './update-cost.js';

/** Packages of languages change so often that most layers with several of them change anyway. */
const LANGUAGE_BINS = 0.5;

/** Returns how many of the layers of a group have several components. */
export function binsOf(layers: number, isLanguage: boolean): number {
  return Math.max(1, Math.round(Math.sqrt(layers) * (isLanguage ? LANGUAGE_BINS : 1)));
}

/**
 * Distributes components where no earlier version is known. The largest get layers of their own; the others are in one of a
 * fixed number of layers by the hash of their name, so that the next version has them in the same layer although nothing
 * tells it so.
 */
export function binsByName(
  clusters: readonly Cluster[],
  large: number,
  bins: number,
  componentOf: (cluster: Cluster) => Component,
): { readonly alone: readonly Cluster[]; readonly binned: readonly (readonly Cluster[])[] } {
  if (bins === 0) return { alone: clusters, binned: [] };
  // Equal ones keep their order, which is that of their names.
  const bySize = [...clusters].sort((a, b) => b.bytes - a.bytes);
  const alone = new Set(bySize.slice(0, large));
  const binned = new Map<number, Cluster[]>();
  for (const cluster of clusters) {
    if (alone.has(cluster)) continue;
    const bin = hashOf(componentOf(cluster).name) % bins;
    const others = binned.get(bin);
    if (others === undefined) binned.set(bin, [cluster]);
    else others.push(cluster);
  }
  return { alone: [...alone], binned: [...binned.values()] };
}

/** Whether packages of languages have most of the bytes. */
export function isOfLanguages(
  clusters: readonly Cluster[],
  componentOf: (cluster: Cluster) => Component,
): boolean {
  const bytes = { language: 0, other: 0 };
  for (const cluster of clusters)
    bytes[componentOf(cluster).kind === 'language' ? 'language' : 'other'] += cluster.bytes;
  return bytes.language > bytes.other;
}

/** FNV-1a, 32 bits. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
