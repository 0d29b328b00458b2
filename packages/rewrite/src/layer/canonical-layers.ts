import { changesetOf, type ReadImage, type ReadLayer } from '@layers/core/image';
import {
  type Changeset,
  findNode,
  Kind,
  linkTargetOf,
  NONE,
  type Union,
  uniteLayers,
} from '@layers/core/rootfs';
import { emitInAnyOrder } from '../emit/emit-in-any-order.js';
import type { EmitOptions } from '../emit/emit-tar.js';
import { plannedTarBytes } from '../emit/segments.js';
import type { GeneratedLayer, LayerCompression } from '../image/new-image.js';
import { createPathOrder } from '../plan/path-order.js';
import { createNodeFinder, planOwnLayer } from '../plan/plan-own-layer.js';
import { planSquash } from '../plan/plan-squash.js';
import { planPlacedPaths } from '../plan/plan-without-waste.js';
import type { TreePlan } from '../plan/tree-plan.js';
import { withTimes } from './with-times.js';

export interface CanonicalOptions extends EmitOptions {
  /** The latest modification time, in seconds since 1970. Later times become this one. */
  readonly latest: number;
  readonly compressionOf: (layer: ReadLayer) => LayerCompression;
}

/** A plan, with its union and the image that has the union's layers. */
interface PlannedTar {
  readonly image: ReadImage;
  readonly union: Union;
  readonly plan: TreePlan;
}

/**
 * Returns the layers of an image in a canonical form, with times up to `latest`. The form depends on the layer alone, so
 * that a layer of several images stays shared. An exception are layers with hard links to lower layers, which get the
 * targets of the links.
 */
export function canonicalLayers(image: ReadImage, options: CanonicalOptions): GeneratedLayer[] {
  const timed = image.layers.map((layer) => withTimes(changesetOf(layer), options.latest));
  const belowOf = createUnionsBelow(timed);
  return image.layers.map((layer, position): GeneratedLayer => {
    const compression = options.compressionOf(layer);
    const union = uniteLayers(timed.slice(position, position + 1));
    const plan = createPathOrder(union)(planOwnLayer(union));
    const alone: PlannedTar = { image: { ...image, layers: [layer] }, union, plan };
    if (!mayLinkToLower(union)) return generatedLayer(alone, compression, options);
    return {
      kind: 'generated',
      tarBytes: null,
      compression,
      // Planned on demand and not kept, because the plan holds the union of all lower layers.
      tar: () => emitPlanned(planAboveLower(image, timed, belowOf(position), alone), options),
    };
  });
}

/** Returns the canonical layers without waste: each with the paths of the root file system that it placed. */
export function canonicalLayersWithoutWaste(image: ReadImage, options: CanonicalOptions): GeneratedLayer[] {
  const union = uniteLayers(image.layers.map((layer) => withTimes(changesetOf(layer), options.latest)));
  const inPathOrder = createPathOrder(union);
  const plans = planPlacedPaths(union).map((plan) => inPathOrder(plan));
  return image.layers.flatMap((layer, position) => {
    const plan = plans[position];
    return plan === undefined
      ? []
      : [generatedLayer({ image, union, plan }, options.compressionOf(layer), options)];
  });
}

function generatedLayer(
  planned: PlannedTar,
  compression: LayerCompression,
  options: EmitOptions,
): GeneratedLayer {
  const tarBytes = plannedTarBytes(planned.union, planned.plan);
  return { kind: 'generated', tarBytes, compression, tar: () => emitPlanned(planned, options) };
}

function emitPlanned(
  { image, union, plan }: PlannedTar,
  { signal }: EmitOptions,
): AsyncGenerator<Uint8Array> {
  return emitInAnyOrder(image, union, plan, { signal });
}

const LINK_FINDINGS: ReadonlySet<string> = new Set([
  'dangling-link',
  'link-before-target',
  'link-to-directory',
]);

/** Returns whether the layer has hard links whose targets may be in lower layers. */
function mayLinkToLower({ changes }: Union): boolean {
  return changes.some(({ findings }) => findings.some(({ code }) => LINK_FINDINGS.has(code)));
}

/** Returns a function that unites the layers below a position. It reuses its last result if positions ascend. */
function createUnionsBelow(layers: readonly Changeset[]): (position: number) => Union {
  let last: Union | null = null;
  return (position) => {
    const base: Union | null = last !== null && last.layers.length <= position ? last : null;
    last = uniteLayers(layers.slice(0, position), base);
    return last;
  };
}

/**
 * Plans the layer above `below` with the targets of its links to lower layers, because no loader accepts such links.
 * Returns `alone` if the links have no targets below.
 */
function planAboveLower(
  image: ReadImage,
  timed: readonly Changeset[],
  below: Union,
  alone: PlannedTar,
): PlannedTar {
  const position = below.layers.length;
  const [changeset] = alone.union.layers;
  if (changeset === undefined || !linksToLower(changeset, alone.union, below)) return alone;
  const union = uniteLayers(timed.slice(0, position + 1), below);
  const plan = createPathOrder(union)(planSquash(below, union));
  return { image: { ...image, layers: image.layers.slice(0, position + 1) }, union, plan };
}

function linksToLower(changeset: Changeset, alone: Union, below: Union): boolean {
  const nodeOf = createNodeFinder(alone, changeset);
  return changeset.linkEntry.some((entry) => {
    if (changeset.kind[entry] !== Kind.link) return false;
    const node = nodeOf(entry);
    // A dangling link did not hide lower files, so a directory at its path shows them.
    if (node !== NONE && alone.nodes.isLiveDirectory(node)) return true;
    return findNode(below, linkTargetOf(changeset, entry)) !== NONE;
  });
}
