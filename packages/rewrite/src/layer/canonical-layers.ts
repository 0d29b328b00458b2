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

export interface CanonicalOptions extends EmitOptions {
  /** The latest time that a file may have, in seconds since 1970; later ones become it. */
  readonly latest: number;
  readonly compressionOf: (layer: ReadLayer) => LayerCompression;
}

/** A tar to be made: a plan, the union that it is about, and the image whose layers that has. */
interface PlannedTar {
  readonly image: ReadImage;
  readonly union: Union;
  readonly plan: TreePlan;
}

/**
 * The layers of an image, each in the one form that is decided by what it says, with the times that `latest` allows. It
 * depends on nothing outside of the layer, so that a layer which two images share stays one; but a layer with links
 * into those below gets what they lead to.
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
      // Drawn when it is needed, and not kept: it holds all the layers below once more.
      tar: () => emitPlanned(planAboveLower(image, timed, belowOf(position), alone), options),
    };
  });
}

/** The same, of what each layer placed of the root file system; all else is left out. */
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
  drawn: PlannedTar,
  compression: LayerCompression,
  options: EmitOptions,
): GeneratedLayer {
  const tarBytes = plannedTarBytes(drawn.union, drawn.plan);
  return { kind: 'generated', tarBytes, compression, tar: () => emitPlanned(drawn, options) };
}

function emitPlanned(
  { image, union, plan }: PlannedTar,
  { signal }: EmitOptions,
): AsyncGenerator<Uint8Array> {
  return emitInAnyOrder(image, union, plan, { signal });
}

/** The same entries in whole seconds, none later than `latest`. */
function withTimes(changeset: Changeset, latest: number): Changeset {
  return {
    ...changeset,
    mtime: changeset.mtime.map((time) => Math.min(time, latest)),
    mtimeNanoseconds: null,
  };
}

const LINK_FINDINGS: ReadonlySet<string> = new Set([
  'dangling-link',
  'link-before-target',
  'link-to-directory',
]);

/** Whether the layer has hard links that may lead to something else where there are layers below. */
function mayLinkToLower({ changes }: Union): boolean {
  return changes.some(({ findings }) => findings.some(({ code }) => LINK_FINDINGS.has(code)));
}

/** Gives the union of the layers below a position; from the one before it, where positions are asked for in order. */
function createUnionsBelow(layers: readonly Changeset[]): (position: number) => Union {
  let last: Union | null = null;
  return (position) => {
    const base: Union | null = last !== null && last.layers.length <= position ? last : null;
    last = uniteLayers(layers.slice(0, position), base);
    return last;
  };
}

/**
 * The layer above `below` as it does to those below what it did, without links into them: those no loader takes. It is
 * `alone` where its links lead to nothing below.
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
    // A link that was not made cannot have hidden what a directory at its path would show.
    if (node !== NONE && alone.nodes.isLiveDirectory(node)) return true;
    return findNode(below, linkTargetOf(changeset, entry)) !== NONE;
  });
}
