import type { Analysis } from '@layers/core/analysis';
import { type CompareOptions, groupEqual } from '../duplicates/equal-contents.js';
import { type Contents, contentsOfRepeatedSizes } from '../duplicates/repeated-sizes.js';
import { FileGroup } from './file-group.js';
import type { Claims } from './visible-groups.js';

/** Smaller copies cost less than the work to avoid them. */
const LEAST_BYTES = 4096;

/**
 * Returns the copies of files that the root file system has more than once, without the first of each. Files that other
 * advice is about are left out.
 *
 * @param firstLayer copies in lower layers are the base's, and not counted
 */
export async function duplicateGroup(
  analysis: Analysis,
  claims: Claims,
  firstLayer: number,
  options: CompareOptions,
): Promise<FileGroup> {
  const contents = unclaimed(contentsOfRepeatedSizes(analysis.union, LEAST_BYTES), claims);
  const { members, starts } = await groupEqual(analysis, contents, options);
  const copies = new FileGroup();
  for (let group = 0; group + 1 < starts.length; group++) {
    // Contents are in the order of layers, so that the first is the one that was there first.
    const ofGroup = [...members.subarray(starts[group], starts[group + 1])].sort((a, b) => a - b);
    for (const member of ofGroup.slice(1)) {
      const layer = contents.layer[member] ?? 0;
      if (layer >= firstLayer) copies.add(layer, contents.entry[member] ?? 0, contents.size[member] ?? 0);
    }
  }
  return copies;
}

function unclaimed(contents: Contents, claims: Claims): Contents {
  const kept: number[] = [];
  for (let i = 0; i < contents.count; i++) {
    if (claims[contents.layer[i] ?? 0]?.[contents.entry[i] ?? 0] === 0) kept.push(i);
  }
  return {
    count: kept.length,
    layer: Int32Array.from(kept, (i) => contents.layer[i] ?? 0),
    entry: Int32Array.from(kept, (i) => contents.entry[i] ?? 0),
    size: Float64Array.from(kept, (i) => contents.size[i] ?? 0),
  };
}
