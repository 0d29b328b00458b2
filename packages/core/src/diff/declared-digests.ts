import type { Digest } from '../digest/digest.js';
import { isDeclared } from '../image/layers/layer-index.js';
import type { ReadLayer } from '../image/read-image.js';
import type { Changeset } from '../rootfs/changeset.js';
import type { ComparedImages } from './compared-images.js';

/**
 * Whether two layers are known to have the same bytes: both are at one place, or their computed digests are equal. If
 * not, layers that count as the same do so by what the images declare.
 */
export function isComputedSame(a: ReadLayer, b: ReadLayer): boolean {
  if (a.index === null || b.index === null) return false;
  return (
    isOnePlace(a, b) ||
    haveCommon(a.index.diffIds, b.index.diffIds) ||
    haveCommon(a.index.digests, b.index.digests)
  );
}

/**
 * Whether two merged trees have files in common only because layers of both images declare the same digest, or because of what
 * tables of contents declare.
 */
export function trustsDeclaredDigests({ imageA, imageB }: ComparedImages): boolean {
  const isOfToc = ({ index }: ReadLayer): boolean => index !== null && isDeclared(index);
  if (imageA.layers.some(isOfToc) || imageB.layers.some(isOfToc)) return true;
  const [layersA, layersB] = [layersByChangeset(imageA.layers), layersByChangeset(imageB.layers)];
  return [...layersA].some(([changeset, a]) => {
    const b = layersB.get(changeset);
    return b !== undefined && !isComputedSame(a, b);
  });
}

function layersByChangeset(layers: readonly ReadLayer[]): Map<Changeset, ReadLayer> {
  return new Map(
    layers.flatMap((layer) => (layer.index === null ? [] : [[layer.index.changeset, layer] as const])),
  );
}

function isOnePlace({ bytes: a }: ReadLayer, { bytes: b }: ReadLayer): boolean {
  if (a === null || b === null) return false;
  if (a.from === 'stream') return b.from === 'stream' && a.index === b.index && !isDeclared(a.index);
  if (b.from === 'stream') return false;
  const identity = a.source.identity();
  return identity !== null && identity === b.source.identity();
}

function haveCommon(a: readonly Digest[], b: readonly Digest[]): boolean {
  return a.some((digest) => b.includes(digest));
}
