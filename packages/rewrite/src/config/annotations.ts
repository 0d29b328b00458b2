import { matchesAny } from './name-glob.js';

/**
 * A manifest's annotations changed: those that `unset` names go first, then those of `set` come. Keys that stay keep
 * their place.
 *
 * @param unset keys or patterns: see `compileNameGlob`
 */
export function editAnnotations(
  annotations: ReadonlyMap<string, string>,
  set: readonly (readonly [key: string, value: string])[],
  unset: readonly string[],
): Map<string, string> {
  const wanted = new Map(set);
  const isUnset = matchesAny(unset);
  const kept = [...annotations].filter(([key]) => wanted.has(key) || !isUnset(key));
  return new Map([...kept, ...wanted]);
}
