import { findNode, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { Action, type TreePlan } from '../plan/tree-plan.js';

/** Which steps of a plan are taken, and which path holds which content. */
export interface Selection {
  isSelected(node: number): boolean;
  /** The path that shows an entry first; all others that show it are links to that one. NONE where none is wanted. */
  primaryNameOf(layer: number, entry: number): number;
}

const WANTED = 1;
/** A directory that is made because something wanted stands below it. */
const ON_THE_WAY = 2;

/**
 * Chooses of a plan what stands at `paths` or below, or all of it. Where the file that links name is not chosen, the
 * first of the links becomes the file.
 *
 * Throws ERR_LAYERS_PATH_NOT_FOUND for a path that the tree does not have.
 */
export function selectSteps(union: Union, plan: TreePlan, paths: readonly Uint8Array[] | null): Selection {
  const marks = paths === null ? null : markPaths(union, paths);
  const isSelected = (node: number): boolean => marks === null || marks[node] !== 0;
  const primaryNames = union.layers.map(({ count }) => new Int32Array(count).fill(NONE));
  for (let step = 0; step < plan.count; step++) {
    const node = plan.node[step] ?? NONE;
    const entry = plan.entry[step] ?? NONE;
    const ofLayer = primaryNames[plan.layer[step] ?? NONE];
    if (ofLayer === undefined || plan.action[step] === Action.whiteout || !isSelected(node)) continue;
    if (ofLayer[entry] === NONE) ofLayer[entry] = node;
  }
  return { isSelected: isSelected, primaryNameOf: (layer, entry) => primaryNames[layer]?.[entry] ?? NONE };
}

function markPaths(union: Union, paths: readonly Uint8Array[]): Uint8Array {
  const { nodes } = union;
  const marks = new Uint8Array(nodes.count);
  for (const path of paths) {
    const top = findNode(union, path);
    if (top === NONE) throw notFound(path);
    if (marks[top] === WANTED) continue;
    marks[top] = WANTED;
    for (const node of walkNodes(union, top)) marks[node] = WANTED;
    for (let at = nodes.parentOf(top); at > ROOT && marks[at] === 0; at = nodes.parentOf(at)) {
      marks[at] = ON_THE_WAY;
    }
  }
  return marks;
}

function notFound(path: Uint8Array): LayersError {
  const text = JSON.stringify(Buffer.from(path).toString('utf8'));
  return new LayersError('ERR_LAYERS_PATH_NOT_FOUND', `the image has no ${text}`, {
    hint: 'layers ls -R lists what there is',
  });
}
