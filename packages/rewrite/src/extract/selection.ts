import { pathNotFound } from '@layers/core/analysis';
import { findNode, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { Action, type TreePlan } from '../plan/tree-plan.js';

/** Which steps of a plan are extracted, and which path holds which content. */
export interface Selection {
  isSelected(node: number): boolean;
  /** Returns the first selected path of an entry; its other paths are hard links to that one. NONE for no path. */
  primaryNameOf(layer: number, entry: number): number;
}

const SELECTED = 1;
/** A directory that is made because something below it is selected. */
const PARENT = 2;

/**
 * Selects the steps of a plan at `paths` and below, or all steps. If the target of hard links is not selected, the first
 * of the links becomes the file.
 *
 * Throws ERR_LAYERS_PATH_NOT_FOUND for a path that the tree does not have.
 */
export function selectSteps(union: Union, plan: TreePlan, paths: readonly Uint8Array[] | null): Selection {
  const selected = paths === null ? null : selectNodes(union, paths);
  const isSelected = (node: number): boolean => selected === null || selected[node] !== 0;
  const primaryNames = union.layers.map(({ count }) => new Int32Array(count).fill(NONE));
  for (let step = 0; step < plan.count; step++) {
    const node = plan.node[step] ?? NONE;
    const entry = plan.entry[step] ?? NONE;
    const ofLayer = primaryNames[plan.layer[step] ?? NONE];
    if (ofLayer === undefined || plan.action[step] === Action.whiteout || !isSelected(node)) continue;
    if (ofLayer[entry] === NONE) ofLayer[entry] = node;
  }
  return { isSelected, primaryNameOf: (layer, entry) => primaryNames[layer]?.[entry] ?? NONE };
}

function selectNodes(union: Union, paths: readonly Uint8Array[]): Uint8Array {
  const { nodes } = union;
  const selected = new Uint8Array(nodes.count);
  for (const path of paths) {
    const top = findNode(union, path);
    if (top === NONE) throw pathNotFound({ union }, Buffer.from(path).toString('utf8'));
    if (selected[top] === SELECTED) continue;
    selected[top] = SELECTED;
    for (const node of walkNodes(union, top)) selected[node] = SELECTED;
    for (let above = nodes.parentOf(top); above > ROOT && selected[above] === 0; ) {
      selected[above] = PARENT;
      above = nodes.parentOf(above);
    }
  }
  return selected;
}
