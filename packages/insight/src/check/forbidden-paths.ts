import { createPathMatcher } from '@layers/core/diff';
import { changesetOf, type ReadImage } from '@layers/core/image';
import { ROOT } from '@layers/core/rootfs';
import { PathEvents } from '../events/index.js';
import { matchingPaths } from '../find/index.js';
import type { Counted } from './counted.js';
import { MOST_EVIDENCE, NO_EVIDENCE } from './evidence.js';
import type { CheckEvidence } from './report.js';

/**
 * Returns the paths of layers above the base that match globs. A path that a later layer removes is still in the image, and
 * counts too.
 *
 * @throws LayersError ERR_LAYERS_USAGE for an invalid glob
 */
export function forbiddenPaths(
  image: ReadImage,
  globs: readonly string[],
  instructions: readonly (string | null)[],
  baseLayers: number,
): Counted {
  // Without a glob, every path would match.
  if (globs.length === 0) return { count: 0, evidence: NO_EVIDENCE };
  const matches = createPathMatcher(globs);
  const events = new PathEvents(image.layers.map(changesetOf));
  const { union } = events;
  const isOwn = pathsStoredAbove(events, baseLayers);
  const evidence: CheckEvidence[] = [];
  let count = 0;
  for (const { node, path } of matchingPaths(union, matches, (each) => isOwn[each] === 1)) {
    count++;
    if (evidence.length >= MOST_EVIDENCE) continue;
    const ofNode = events.of(node);
    const stored = ofNode.find((event) => events.layerOf(event) >= baseLayers && !events.isDeletion(event));
    const { layer, state } = events.at(stored ?? events.lastOf(node));
    const removed = ofNode.findLast((event) => events.isDeletion(event));
    const glob = globs.find((each) => createPathMatcher([each])(path.path)) ?? '';
    const isGone = removed !== undefined && !union.nodes.isLive(node);
    evidence.push({
      ...path,
      bytes: union.layers[state.layer]?.size[state.entry] ?? 0,
      layer,
      instruction: instructions[layer] ?? null,
      note: `matches ${glob}${isGone ? `; layer ${events.layerOf(removed)} deletes it, but it stays in the image` : ''}`,
    });
  }
  return { count, evidence: { evidence, moreEvidence: count - evidence.length } };
}

/** Returns for each node 1 where a layer above the base has the path. */
function pathsStoredAbove(events: PathEvents, baseLayers: number): Uint8Array {
  const isStored = new Uint8Array(events.union.nodes.count);
  for (let event = 0; event < events.count; event++) {
    const node = events.nodeOf(event);
    if (node > ROOT && events.layerOf(event) >= baseLayers && !events.isDeletion(event)) isStored[node] = 1;
  }
  return isStored;
}
