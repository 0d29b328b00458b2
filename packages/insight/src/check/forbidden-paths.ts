import { createPathMatcher } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import { type FoundPath, findDocument } from '../find/index.js';
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
  const matchers = globs.map((glob) => ({ glob, isMatch: createPathMatcher([glob]) }));
  const evidence: CheckEvidence[] = [];
  let count = 0;
  for (const found of findDocument(image, { patterns: globs }).matches) {
    const event = found.events.find(({ layer, change }) => layer >= baseLayers && change !== 'deleted');
    const matcher = event === undefined ? undefined : matchers.find(({ isMatch }) => isMatch(found.path));
    if (event === undefined || matcher === undefined) continue;
    count++;
    if (evidence.length >= MOST_EVIDENCE) continue;
    const { path, pathBase64 } = found;
    evidence.push({
      path,
      ...(pathBase64 === undefined ? {} : { pathBase64 }),
      bytes: event.sizeBytes,
      layer: event.layer,
      instruction: instructions[event.layer] ?? null,
      note: noteOf(found, matcher.glob),
    });
  }
  return { count, evidence: { evidence, moreEvidence: count - evidence.length } };
}

function noteOf({ visible, events }: FoundPath, glob: string): string {
  const removed = events.findLast(({ change }) => change === 'deleted');
  return visible || removed === undefined
    ? `matches ${glob}`
    : `matches ${glob}; layer ${removed.layer} deletes it, but it stays in the image`;
}
