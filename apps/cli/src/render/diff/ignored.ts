import type { DiffDocument, Ignorable } from '@layers/core/diff';

/** What passes over these differences unless it is given. */
const COUNTED_BY: ReadonlyMap<Ignorable, string> = new Map([
  ['mtime', '--mtime'],
  ['hardlinks', '--hardlinks'],
]);

/**
 * What did not count and how often there was any: what was found, and what the user asked for even where there was
 * none.
 */
export function ignoredParts({ ignore, ignored }: Pick<DiffDocument, 'ignore' | 'ignored'>): string[] {
  const counts = new Map(ignored.map(({ what, count }) => [what, count]));
  return ignore
    .map((what) => ({ what, count: counts.get(what) ?? 0, option: COUNTED_BY.get(what) }))
    .filter(({ count, option }) => count > 0 || option === undefined)
    .map(({ what, count, option }) => {
      const hint = option === undefined ? '' : ` (${option} counts them)`;
      return `${what} ${count}${hint}`;
    });
}
