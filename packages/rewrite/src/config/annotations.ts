import { matchesAny } from './name-glob.js';

/**
 * Edits the annotations of a manifest: removes those that match `unset`, then sets those of `set`. Other keys keep their
 * position.
 *
 * @param unset keys, or patterns as `compileNameGlob` accepts them
 */
export function editAnnotations(
  annotations: ReadonlyMap<string, string>,
  set: readonly (readonly [key: string, value: string])[],
  unset: readonly string[],
): Map<string, string> {
  const values = new Map(set);
  const isUnset = matchesAny(unset);
  const kept = [...annotations].filter(([key]) => values.has(key) || !isUnset(key));
  return new Map([...kept, ...values]);
}
