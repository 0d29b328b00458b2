import { binsByName, binsOf, isOfLanguages } from './bins-by-name.js';
import { type Component, type ComponentTable, UNSTABLE } from './component-table.js';
import { continueLayers, type EarlierLayers } from './continue-layers.js';
import { isSmall, layersOfGroups } from './layer-groups.js';
import { calmestFirst, joinAll, mergeClusters } from './merge-clusters.js';
import { type Cluster, closingCluster, clusterOf, createUpdateCost } from './update-cost.js';

/** What is known about the components of an image. */
export interface KnownComponents {
  readonly table: ComponentTable;
  /** The number of groups whose components are in layers of their own; at most half as many as layers, or one. */
  readonly groups: number;
  /** Bytes of each component in the image; 0 for one that it lacks. */
  readonly bytes: Float64Array;
  /** The number of updates between known versions. */
  readonly steps: number;
  /** For each component one bit for each update: whether it changed. */
  readonly changes: Uint32Array;
  /** For each group one bit for each update: whether something of it changed but times of directories. */
  readonly groupChanges: readonly number[];
  /** Null where the newest earlier version was not made of such layers. */
  readonly earlier: EarlierLayers | null;
}

/** The components of the new layers of a group. */
export interface ChosenGroup {
  /** The layers that change least come first. */
  readonly layers: readonly Cluster[];
  /** The uppermost layer, which also has the times of directories. */
  readonly closing: Cluster;
}

/** The components of each layer. */
export interface ChosenLayers {
  /** The lowest first. */
  readonly groups: readonly ChosenGroup[];
  /** Whether the layers are those of the newest earlier version, as far as they did not change. */
  readonly isContinued: boolean;
}

/** Decides which components are in which of at most `most` layers. */
export function chooseLayers(known: KnownComponents, most: number): ChosenLayers {
  const { steps, earlier } = known;
  const cost = createUpdateCost(steps);
  const groups = clustersOf(known);
  if (steps === 0) {
    const chosen = unknownLayers(groups, known.table, most);
    return { groups: inGroups(groups.length, calmestFirst(chosen.flat(), cost)), isContinued: false };
  }
  const wanted = groups.map((clusters) =>
    isSmall(bytesOf(clusters), groups.length) ? [joinAll(clusters)] : clusters,
  );
  const { layers, isContinued } =
    earlier === null
      ? { layers: calmestFirst(mergeClusters(wanted.flat(), most, cost), cost), isContinued: false }
      : continueLayers({ groups, wanted, groupChanges: known.groupChanges }, earlier, most, cost);
  return { groups: inGroups(groups.length, layers), isContinued };
}

/** Returns a cluster for each component of each group, by name, and one for its closing layer. */
function clustersOf({ table, groups, bytes, changes, groupChanges }: KnownComponents): Cluster[][] {
  const byName = Array.from({ length: table.count }, (_, id) => id)
    .filter((id) => (bytes[id] ?? 0) > 0)
    .sort((a, b) => compareText(table.get(a).name, table.get(b).name));
  const result = Array.from({ length: groups }, (): Cluster[] => []);
  const volatile = Array.from({ length: groups }, (_, group) => [
    closingCluster(group, groupChanges[group] ?? 0),
  ]);
  for (const id of byName) {
    const { kind } = table.get(id);
    const group = table.groupOf(id);
    const cluster = clusterOf(id, kind, { bytes: bytes[id] ?? 0, changes: changes[id] ?? 0, group });
    (kind === 'volatile' ? volatile : result)[group]?.push(cluster);
  }
  return result.map((clusters, group) => [...clusters, joinAll(volatile[group] ?? [])]);
}

/** Decides where nothing is known about updates. */
function unknownLayers(
  groups: readonly (readonly Cluster[])[],
  table: ComponentTable,
  most: number,
): Cluster[][] {
  const componentOf = ({ ids: [id = 0] }: Cluster): Component => table.get(id);
  // Without earlier versions nobody knows whether compiled files change alone.
  const isLast = (cluster: Cluster): boolean => cluster.closes || UNSTABLE.has(componentOf(cluster).kind);
  const split = groups.map((clusters) => {
    const others = clusters.filter((cluster) => !isLast(cluster));
    const isLanguage = isOfLanguages(others, componentOf);
    return { others, last: clusters.filter(isLast), isOfLanguages: isLanguage, bytes: bytesOf(clusters) };
  });
  const counts = layersOfGroups(
    split.map(({ others, ...size }) => ({
      ...size,
      components: largeOf(others).length + tinyBins(others),
    })),
    most,
  );
  return split.map(({ others, last, isOfLanguages: isLanguage }, group) => {
    const room = (counts[group] ?? 1) - 1;
    const isEnough = largeOf(others).length + tinyBins(others) <= room;
    const bins = isEnough ? tinyBins(others) : binsOf(room, isLanguage);
    // A single layer with all small components changes nearly as often as the closing one.
    const isOne = !isEnough && bins === 1;
    const large = isEnough ? largeOf(others).length : room - (isOne ? 0 : bins);
    const { alone, binned } = binsByName(others, large, bins, componentOf);
    return isOne
      ? [...alone, joinAll([...binned.flat(), ...last])]
      : [...alone, ...binned.map(joinAll), joinAll(last)];
  });
}

/** Smaller components share layers: one of their own costs a request and headers. */
const TINY_BYTES = 2 ** 15;
const BYTES_OF_TINY_BIN = 8 * TINY_BYTES;

function isTiny({ bytes }: Cluster): boolean {
  return bytes < TINY_BYTES;
}

function largeOf(clusters: readonly Cluster[]): readonly Cluster[] {
  return clusters.filter((cluster) => !isTiny(cluster));
}

/** Returns the number of layers for tiny components; a power of two, so that it rarely changes. */
function tinyBins(clusters: readonly Cluster[]): number {
  const bytes = bytesOf(clusters.filter(isTiny));
  return bytes === 0 ? 0 : 2 ** Math.max(0, Math.ceil(Math.log2(bytes / BYTES_OF_TINY_BIN)));
}

function inGroups(groups: number, layers: readonly Cluster[]): ChosenGroup[] {
  return Array.from({ length: groups }, (_, of) => {
    const own = layers.filter(({ group }) => group === of);
    return {
      layers: own.filter(({ closes }) => !closes),
      closing: own.find(({ closes }) => closes) ?? closingCluster(of, 0),
    };
  });
}

function bytesOf(clusters: readonly Cluster[]): number {
  return clusters.reduce((sum, { bytes }) => sum + bytes, 0);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
