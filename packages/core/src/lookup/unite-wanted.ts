import type { Changeset } from '../rootfs/changeset.js';
import { type Union, uniteLayers } from '../rootfs/union.js';
import { EntrySelection } from './entry-selection.js';
import { namesOfEntry } from './names-of-entry.js';
import type { WantedPaths } from './wanted-paths.js';

/** Hard links lead to further paths. With more of them, all layers are merged sooner. */
const MAX_ROUNDS = 16;
const MAX_TARGETS = 1000;

/**
 * Merges the entries of layers on which wanted paths depend, as `uniteLayers` merges them all: at these paths the result is
 * the same, at others it has no meaning. Adds the paths on which the wanted ones depend.
 *
 * @returns null where too many entries would have to be followed
 */
export function uniteWanted(layers: readonly Changeset[], wanted: WantedPaths): Union | null {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const selections = layers.map((layer) => new EntrySelection(layer, wanted));
    const selected = selections.map((selection) => selection.select());
    const targets = selections
      .flatMap((selection) => selection.targets)
      .map((target) => namesOfEntry(target) ?? [])
      .filter((names) => !wanted.isInTree(names));
    if (targets.length > MAX_TARGETS) return null;
    const before = wanted.count;
    for (const target of targets) wanted.add(target);
    if (wanted.count === before) return uniteLayers(selected);
  }
  return null;
}
