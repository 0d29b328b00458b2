import type { ReadImage } from '@layers/core/image';
import type { Changeset } from '@layers/core/rootfs';
import { withTimes } from '../layer/with-times.js';

/**
 * Returns a function that limits the times of an image to whole seconds up to `latest`. The same changeset has the same
 * result, so that layers of several images stay shared. Null keeps all times.
 */
export function createTimeLimit(latest: number | null): (image: ReadImage) => ReadImage {
  const known = new WeakMap<Changeset, Changeset>();
  const limited = (changeset: Changeset, limit: number): Changeset => {
    const result = known.get(changeset) ?? withTimes(changeset, limit);
    known.set(changeset, result);
    return result;
  };
  if (latest === null) return (image) => image;
  return (image) => ({
    ...image,
    layers: image.layers.map((layer) =>
      layer.index === null
        ? layer
        : { ...layer, index: { ...layer.index, changeset: limited(layer.index.changeset, latest) } },
    ),
  });
}
