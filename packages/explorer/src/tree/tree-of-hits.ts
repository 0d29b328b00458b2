import { ROOT } from '@layers/core/rootfs';
import { STEP } from './changes.js';
import type { PathIndex } from './path-index.js';
import type { Totals } from './totals.js';
import { makeTree, type Tree, type TreeRequest } from './tree.js';

/** Directories are expanded as long as the tree has no more rows. */
const MOST_ROWS = 400;

/** Makes a tree as `makeTree` does, and expands the directories that contain what its filter selects, upper ones first. */
export function* makeTreeOfHits(
  index: PathIndex,
  request: TreeRequest,
  expanded: Uint8Array,
  earlier: Tree | null,
): Generator<undefined, Tree> {
  const tree = yield* makeTree(index, request, expanded, earlier);
  for (const node of yield* directoriesOfHits(index, tree.totals)) expanded[node] = 1;
  return yield* makeTree(index, request, expanded, tree);
}

/** Returns the row of the first node that the filter selects; 0 where none is visible. */
export function firstHit({ rows, totals }: Tree): number {
  return Math.max(
    0,
    rows.findIndex((node) => totals.shown[node] === 1),
  );
}

function* directoriesOfHits(
  { starts, children }: PathIndex,
  { shown }: Totals,
): Generator<undefined, readonly number[]> {
  const queue = [ROOT];
  let rows = 0;
  let steps = 0;
  const opened: number[] = [];
  for (const node of queue) {
    const below: number[] = [];
    const end = starts[node + 1] ?? 0;
    for (let at = starts[node] ?? 0; at < end && rows + below.length <= MOST_ROWS; at++) {
      if (++steps % STEP === 0) yield;
      const child = children[at] ?? ROOT;
      if (shown[child] !== 0) below.push(child);
    }
    if (below.length === 0 || rows + below.length > MOST_ROWS) continue;
    rows += below.length;
    if (node !== ROOT) opened.push(node);
    queue.push(...below);
  }
  return opened;
}
