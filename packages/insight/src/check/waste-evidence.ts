import type { Analysis } from '@layers/core/analysis';
import { type AdviceCode, foldedPaths, type WastedGroup, wastedGroups } from '../advise/index.js';
import { type Evidence, largestOf } from './evidence.js';
import type { CheckEvidence } from './report.js';

/** What a layer did to the files that it wasted. */
const DONE: Readonly<Partial<Record<AdviceCode, string>>> = {
  'changed-attributes': 'attributes changed',
  'deleted-later': 'deleted',
  'upgraded-packages': 'upgraded',
};

/**
 * Returns the files that layers above the base wasted, with the layer that wasted them.
 *
 * @param instructions of the layers, by position
 */
export function wasteEvidence(
  { union }: Analysis,
  instructions: readonly (string | null)[],
  baseLayers: number,
): Evidence {
  const items: CheckEvidence[] = [];
  let others = 0;
  for (const group of wastedGroups(union, instructions)) {
    if (group.wastedBy < baseLayers) continue;
    const { paths, morePaths } = foldedPaths(union, group.files);
    others += morePaths;
    for (const { sizeBytes, files: _, ...path } of paths)
      items.push({
        ...path,
        bytes: sizeBytes,
        layer: group.wastedBy,
        instruction: instructions[group.wastedBy] ?? null,
        note: noteOf(group),
      });
  }
  return largestOf(items, others);
}

function noteOf({ code, wastedBy, files }: WastedGroup): string {
  const done = DONE[code] ?? 'replaced';
  const layers = files.layers.map(([layer]) => layer).filter((layer) => layer !== wastedBy);
  if (layers.length === 0) return `${done}; stored by the same layer`;
  return `${done}; stored by ${layers.length === 1 ? `layer ${layers[0]}` : `${layers.length} layers`}`;
}
