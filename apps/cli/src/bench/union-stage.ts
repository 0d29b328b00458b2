import { changesetOf, type ReadImage } from '@layers/core/image';
import { uniteLayers } from '@layers/core/rootfs';
import { now } from './clock.js';
import type { Sample } from './stage.js';

/** Merges the entries of the layers, in memory, into one tree. */
export function uniteOnce(image: ReadImage): Sample {
  const changesets = image.layers.map(changesetOf);
  const began = now();
  uniteLayers(changesets);
  const seconds = now() - began;
  return { seconds, bytes: null, entries: changesets.reduce((sum, { count }) => sum + count, 0) };
}
