import { findChangedNodes } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import { joinHistory } from '@layers/core/oci';
import { NONE, type Union } from '@layers/core/rootfs';
import { diffIdOf } from '../layer/existing-layer.js';
import type { ComponentTable } from './component-table.js';
import type { EarlierLayers } from './continue-layers.js';
import { componentsOf, type ImageComponents } from './image-components.js';
import type { LayerGroups } from './layer-groups.js';
import { markOf } from './layer-history.js';
import { type PackageFiles, readPackageFiles } from './package-files.js';
import { MAX_STEPS } from './update-cost.js';

/** What changed between the versions of an image. */
export interface VersionChanges {
  readonly steps: number;
  /** For each component one bit for each update, the oldest lowest. */
  readonly changes: Uint32Array;
  /** For each group one bit for each update: whether something of it changed but times of directories. */
  readonly groupChanges: readonly number[];
  /** The layers of the newest earlier version; null where it has none that components were distributed to. */
  readonly earlier: EarlierLayers | null;
  /** Uncompressed bytes of the layers that each update transfers, as the versions have them. */
  readonly fetched: readonly number[];
  /** The packages of the last version; null if there is no other one. */
  readonly packages: PackageFiles | null;
}

/**
 * Compares each version with the next one. Of many versions the last 31 count.
 *
 * @param versions the oldest first; the last is the image itself
 * @param groups those of each version
 * @param from the layers below are kept, and not counted
 * @throws LayersError as `compareImages`
 */
export async function compareVersions(
  versions: readonly ReadImage[],
  groups: readonly LayerGroups[],
  table: ComponentTable,
  from: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<VersionChanges> {
  const compared = versions.slice(-(MAX_STEPS + 1));
  const groupsOf = groups.slice(-compared.length);
  const isAbove = ({ nodes }: Union, node: number): boolean => node !== NONE && nodes.placedIn(node) >= from;
  const changed: number[] = [];
  const fetched: number[] = [];
  const groupChanges: number[] = [];
  let earlier: EarlierLayers | null = null;
  let packages: PackageFiles | null = null;
  for (const [step, b] of compared.slice(1).entries()) {
    const a = compared[step];
    if (a === undefined) continue;
    const nodes = await findChangedNodes(a, b, options);
    const groupA = groupOfNode(nodes.a, groupsOf[step]);
    const groupB = groupOfNode(nodes.b, groupsOf[step + 1]);
    packages ??= await readPackageFiles(nodes.imageA, nodes.a);
    const ofA = componentsOf(nodes.a, packages, table, { groupOf: groupA });
    packages = await readPackageFiles(nodes.imageB, nodes.b);
    const ofB = componentsOf(nodes.b, packages, table, { groupOf: groupB });
    const bit = 1 << step;
    const mark = (id: number, group: number): void => {
      if (id !== NONE) changed[id] = (changed[id] ?? 0) | bit;
      groupChanges[group] = (groupChanges[group] ?? 0) | bit;
    };
    for (const [nodeA, nodeB] of nodes.pairs) {
      if (isAbove(nodes.a, nodeA)) mark(ofA.of[nodeA] ?? NONE, groupA(nodeA));
      if (isAbove(nodes.b, nodeB)) mark(ofB.of[nodeB] ?? NONE, groupB(nodeB));
    }
    fetched.push(fetchedBytes(a, b, from));
    if (step === compared.length - 2) earlier = earlierLayers(a, nodes.a, ofA, table, bit);
  }
  return {
    steps: fetched.length,
    changes: Uint32Array.from({ length: table.count }, (_, id) => changed[id] ?? 0),
    groupChanges: Array.from(groupChanges, (changes: number | undefined) => changes ?? 0),
    earlier,
    fetched,
    packages,
  };
}

/** Returns a function that returns the group of a node. */
export function groupOfNode({ nodes }: Union, groups: LayerGroups | undefined): (node: number) => number {
  return (node) => groups?.of(nodes.layerOf(node)) ?? 0;
}

/** Returns the uncompressed bytes of the layers of B that A lacks. */
function fetchedBytes(a: ReadImage, b: ReadImage, from: number): number {
  const known = new Set(a.layers.map(diffIdOf));
  return b.layers
    .slice(from)
    .filter((layer) => !known.has(diffIdOf(layer)))
    .reduce((sum, { index }) => sum + (index?.tarBytes ?? 0), 0);
}

/** Returns the layer of each component of an image whose layers components were distributed to. */
function earlierLayers(
  { description, layers }: ReadImage,
  { nodes }: Union,
  { of }: ImageComponents,
  table: ComponentTable,
  lastUpdate: number,
): EarlierLayers | null {
  const { entries } = joinHistory(description.config.history, layers.length);
  const distributed = new Set<number>();
  const closing = new Set<number>();
  for (const { history, layer } of entries) {
    const mark = markOf(history);
    if (layer === undefined || mark === null) continue;
    distributed.add(layer);
    if (mark.closes) closing.add(layer);
  }
  if (distributed.size === 0) return null;
  const layerOf = new Map<number, number>();
  for (const [node, id] of of.entries()) {
    if (id === NONE || layerOf.has(id) || table.get(id).kind === 'volatile') continue;
    // The time of an empty directory is in the last layer, so that its entry says nothing.
    if (nodes.isLiveDirectory(node)) continue;
    const layer = nodes.layerOf(node);
    if (distributed.has(layer)) layerOf.set(id, layer);
  }
  return { layerOf, closing, lastUpdate };
}
