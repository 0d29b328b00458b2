import { findChangedNodes } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import { joinHistory } from '@layers/core/oci';
import { NONE, type Union } from '@layers/core/rootfs';
import { diffIdOf } from '../layer/existing-layer.js';
import type { ComponentTable } from './component-table.js';
import type { EarlierLayers } from './continue-clusters.js';
import { componentsOf, type ImageComponents } from './image-components.js';
import { type PackageFiles, readPackageFiles } from './package-files.js';
import { MAX_STEPS } from './update-cost.js';

/** The `created_by` of the history of layers that components were distributed to. */
export const CREATED_BY = 'layers rechunk';

/** What changed between the versions of an image. */
export interface VersionChanges {
  readonly steps: number;
  /** For each component one bit for each update, the oldest lowest. */
  readonly changes: Uint32Array;
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
 * @param from the layers below are kept, and not counted
 * @throws LayersError as `compareImages`
 */
export async function compareVersions(
  versions: readonly ReadImage[],
  table: ComponentTable,
  from: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<VersionChanges> {
  const compared = versions.slice(-(MAX_STEPS + 1));
  const changed: number[] = [];
  const fetched: number[] = [];
  let earlier: EarlierLayers | null = null;
  let packages: PackageFiles | null = null;
  for (const [step, b] of compared.slice(1).entries()) {
    const a = compared[step];
    if (a === undefined) continue;
    const nodes = await findChangedNodes(a, b, options);
    const ofA = componentsOf(nodes.a, packages ?? (await readPackageFiles(nodes.imageA, nodes.a)), table);
    packages = await readPackageFiles(nodes.imageB, nodes.b);
    const ofB = componentsOf(nodes.b, packages, table);
    const bit = 1 << step;
    const mark = (id: number): void => {
      if (id !== NONE) changed[id] = (changed[id] ?? 0) | bit;
    };
    for (const [nodeA, nodeB] of nodes.pairs) {
      if (nodeA !== NONE) mark(ofA.of[nodeA] ?? NONE);
      if (nodeB !== NONE) mark(ofB.of[nodeB] ?? NONE);
    }
    fetched.push(fetchedBytes(a, b, from));
    if (step === compared.length - 2) earlier = earlierLayers(a, nodes.a, ofA, table, bit);
  }
  return {
    steps: fetched.length,
    changes: Uint32Array.from({ length: table.count }, (_, id) => changed[id] ?? 0),
    earlier,
    fetched,
    packages,
  };
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
  const distributed = new Set(
    entries.flatMap(({ history, layer }) =>
      layer !== undefined && history?.createdBy === CREATED_BY ? [layer] : [],
    ),
  );
  if (distributed.size === 0) return null;
  const layerOf = new Map<number, number>();
  for (const [node, id] of of.entries()) {
    if (id === NONE || layerOf.has(id) || table.get(id).kind === 'volatile') continue;
    // The time of an empty directory is in the last layer, so that its entry says nothing.
    if (nodes.isLiveDirectory(node)) continue;
    const layer = nodes.layerOf(node);
    if (distributed.has(layer)) layerOf.set(id, layer);
  }
  return { layerOf, lastUpdate };
}
