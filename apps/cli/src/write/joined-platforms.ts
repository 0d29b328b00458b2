import type { NewIndex } from '@layers/rewrite/image';
import type { Changed } from './changed.js';
import { isOtherPlatform } from './platform-findings.js';

/**
 * Joins changed images that are platforms of one image, also from several archives, so that they are written as one index. The
 * index is new: that of an input, and attestations in it, are about other manifests.
 */
export function joinedPlatforms(changed: readonly Changed[]): readonly Changed[] {
  const groups: Changed[][] = [];
  for (const each of changed) {
    const group = groups.find((others) =>
      others.every(({ before }) => isOtherPlatform(before.description, each.before.description)),
    );
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
