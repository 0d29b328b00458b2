import type { NewIndex } from '@layers/rewrite/image';
import type { Changed } from './changed.js';
import { isOtherPlatform } from './platform-findings.js';

/**
 * Joins changed images that are platforms of one image, so that they are written as one index. The index is new: that of the
 * input, and attestations in it, are about other manifests.
 */
export function joinedPlatforms(changed: readonly Changed[]): readonly Changed[] {
  const groups: Changed[][] = [];
  for (const each of changed) {
    const group = groups.find(([first]) => first !== undefined && isSameImage(first, each));
    if (group === undefined) groups.push([each]);
    else group.push(each);
  }
  const indexes = new Map<Changed, NewIndex>();
  for (const group of groups) {
    const index: NewIndex = { original: null, nested: [], attached: [] };
    if (group.length > 1) for (const each of group) indexes.set(each, index);
  }
  return changed.map((each) => {
    const index = indexes.get(each);
    return index === undefined ? each : { ...each, after: { ...each.after, index } };
  });
}

function isSameImage({ before: a }: Changed, { before: b }: Changed): boolean {
  return a.archive === b.archive && isOtherPlatform(a.description, b.description);
}

/** Returns changed images, and of those with one index only the first. */
export function namedOnce(changed: readonly Changed[]): readonly Changed[] {
  const seen = new Set<NewIndex>();
  return changed.filter(({ after: { index } }) => {
    if (index === undefined) return true;
    const isFirst = !seen.has(index);
    seen.add(index);
    return isFirst;
  });
}
