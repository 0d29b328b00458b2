import { layersHint, type ReadImage } from '@layers/core/image';
import { NONE, type Union } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { plannedTarBytes } from '../emit/segments.js';
import { unionOf } from '../image/complete-image.js';
import { carriedInodes, deletedNodes, inodeOf } from '../plan/plan-squash.js';
import type { TreePlan } from '../plan/tree-plan.js';
import type { ChosenLayers } from './choose-layers.js';
import type { ComponentTable } from './component-table.js';
import type { ImageComponents } from './image-components.js';
import { planLayers } from './layer-plans.js';
import { layerText } from './layer-texts.js';

/** A new layer. */
export interface PlannedLayer {
  readonly plan: TreePlan;
  readonly tarBytes: number;
  /** What is in it, for people. */
  readonly text: string;
  /** One bit for each known update: whether the layer changed; null if it changes with each. */
  readonly changes: number | null;
}

/** The part of an image that is distributed. */
export interface LayersAbove {
  readonly union: Union;
  readonly from: number;
  /** Paths of kept layers that are deleted. */
  readonly hidden: readonly number[];
  readonly isAbove: (node: number) => boolean;
}

/** Throws ERR_LAYERS_LAYER_NOT_FOUND for a layer that does not exist. */
export function layersAbove(image: ReadImage, from: number): LayersAbove {
  const union = unionOf(image);
  const { nodes, layers } = union;
  if (from >= layers.length) {
    throw new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', `there is no layer ${from}`, {
      hint: layersHint(layers.length),
    });
  }
  if (from === 0) return { union, from, hidden: [], isAbove: () => true };
  const carried = carriedInodes(union, from);
  return {
    union,
    from,
    hidden: deletedNodes(unionOf({ ...image, layers: image.layers.slice(0, from) }), union),
    isAbove: (node) => nodes.placedIn(node) >= from || carried.has(inodeOf(union, node)),
  };
}

interface Distribution {
  readonly components: ImageComponents;
  readonly chosen: ChosenLayers;
  readonly table: ComponentTable;
}

/** Returns the plans of the new layers, the lowest first, without those that would be empty. */
export function planChosen(above: LayersAbove, { components, chosen, table }: Distribution): PlannedLayer[] {
  const { union, hidden } = above;
  const { layers, last } = chosen;
  const layerOf = new Int32Array(table.count).fill(NONE);
  for (const [layer, { ids }] of layers.entries()) for (const id of ids) layerOf[id] = layer;
  for (const id of last?.ids ?? []) layerOf[id] = layers.length;
  const plans = planLayers(union, {
    layers: layers.length + 1,
    layerOf: (node) => layerOf[components.of[node] ?? NONE] ?? NONE,
    isNewDirectory: above.isAbove,
    hidden,
  });
  const bytesOf = (id: number): number => components.bytes[id] ?? 0;
  const planned = plans.layers.map((plan, layer) => {
    const cluster = layers[layer];
    return cluster === undefined
      ? { plan, text: 'databases, caches and the times of directories', changes: null }
      : { plan, text: layerText(cluster, table, bytesOf), changes: cluster.changes };
  });
  const deletions = { plan: plans.whiteouts, text: 'deletions', changes: 0 };
  return [deletions, ...planned]
    .filter(({ plan }) => plan.count > 0)
    .map((layer) => ({ ...layer, tarBytes: plannedTarBytes(union, layer.plan) }));
}
