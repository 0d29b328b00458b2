import { layersHint, type ReadImage } from '@layers/core/image';
import { NONE, type Union } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { plannedTarBytes } from '../emit/segments.js';
import { unionOf } from '../image/complete-image.js';
import { carriedInodes, deletedNodes, inodeOf } from '../plan/plan-squash.js';
import type { TreePlan } from '../plan/tree-plan.js';
import type { ChosenLayers } from './choose-layers.js';
import { type ComponentTable, UNSTABLE } from './component-table.js';
import type { ImageComponents } from './image-components.js';
import type { LayerGroups } from './layer-groups.js';
import { type LayerStep, markedStep } from './layer-history.js';
import { planLayers } from './layer-plans.js';
import { layerText } from './layer-texts.js';
import type { Cluster } from './update-cost.js';

/** A new layer. */
export interface PlannedLayer {
  readonly plan: TreePlan;
  readonly tarBytes: number;
  readonly step: LayerStep;
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
  if (from > 0 && from >= layers.length) {
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
  readonly groups: LayerGroups;
  /** For each group one bit for each known update: whether it changed something of the group. */
  readonly groupChanges: readonly number[];
  readonly table: ComponentTable;
}

/** Returns the plans of the new layers, the lowest first, without those that would be empty. */
export function planChosen(
  above: LayersAbove,
  { components, chosen, groups, groupChanges, table }: Distribution,
): PlannedLayer[] {
  const { union, hidden } = above;
  const clusters = chosen.groups.flatMap((group) => [...group.layers, group.closing]);
  const closing = [...clusters.keys()].filter((layer) => clusters[layer]?.closes);
  const layerOf = new Int32Array(table.count).fill(NONE);
  for (const [layer, { ids }] of clusters.entries()) for (const id of ids) layerOf[id] = layer;
  const plans = planLayers(union, {
    from: above.from,
    layers: clusters.length,
    layerOf: (node) => layerOf[components.of[node] ?? NONE] ?? NONE,
    closing,
    groupOf: groups.of,
    isNewDirectory: above.isAbove,
    hidden,
  });
  const textOf = (cluster: Cluster): string =>
    cluster.closes && cluster.ids.every((id) => UNSTABLE.has(table.get(id).kind))
      ? 'databases, caches and the times of directories'
      : layerText(cluster, table, (id) => components.bytes[id] ?? 0);
  // The times of directories probably change with any change of the image, if there is one group.
  const changesOf = ({ closes, changes, group }: Cluster): number | null => {
    if (!closes) return changes;
    return groups.count === 1 ? null : changes | (groupChanges[group] ?? 0);
  };
  const stepOf = ({ group, closes }: Pick<Cluster, 'group' | 'closes'>, text: string): LayerStep =>
    markedStep({ group, groups: groups.count, closes }, text);
  const planned = clusters.flatMap((cluster, layer) => {
    const plan = plans.layers[layer];
    return plan === undefined
      ? []
      : [{ plan, step: stepOf(cluster, textOf(cluster)), changes: changesOf(cluster) }];
  });
  const deletions = {
    plan: plans.whiteouts,
    step: stepOf({ group: 0, closes: false }, 'deletions'),
    changes: 0,
  };
  return [deletions, ...planned]
    .filter(({ plan }) => plan.count > 0)
    .map((layer) => ({ ...layer, tarBytes: plannedTarBytes(union, layer.plan) }));
}
