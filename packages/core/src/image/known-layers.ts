import type { Compression } from '../compression/sniff.js';
import type { Digest } from '../digest/digest.js';
import type { Changeset } from '../rootfs/changeset.js';
import type { LayerBytes } from './archive/archive-reader.js';
import type { LayerDescription } from './describe/description.js';
import { compressionOfRange } from './layers/index-layer.js';
import type { LayerIndex } from './layers/layer-index.js';

/** Layers that were read, by the DiffID that is claimed for them. */
export type KnownLayers = ReadonlyMap<Digest, LayerIndex>;

/** A layer that was read, as much of it as is asked here. */
interface Reading {
  readonly description: LayerDescription;
  readonly index: LayerIndex | null;
  readonly verified: boolean | null;
}

/** The layers of an image that another one may share: those that are whole and whose DiffIDs nothing contests. */
export function knownLayers(layers: readonly Reading[]): KnownLayers {
  const known = new Map<Digest, LayerIndex>();
  const contested = new Set<Digest>();
  for (const { description, index, verified } of layers) {
    const { diffId } = description;
    if (diffId === null || index === null || index.problem !== null || verified === false) continue;
    if (contradicts(description, index.compression)) continue;
    // One DiffID for two layers of an image: at most one of them can be what it claims.
    const other = known.get(diffId);
    if (other !== undefined && other.changeset !== index.changeset) contested.add(diffId);
    known.set(diffId, index);
  }
  for (const diffId of contested) known.delete(diffId);
  return known;
}

/** Whether the digest that is claimed for an uncompressed blob, which is its DiffID too, is another one. */
export function contradicts({ diffId, digest }: LayerDescription, compression: Compression | null): boolean {
  if (compression !== null || diffId === null || digest === null) return false;
  return diffId.split(':')[0] === digest.split(':')[0] && diffId !== digest;
}

/** Whether an image claims a layer's DiffID for another blob too. */
export function isContested(layer: LayerDescription, layers: readonly LayerDescription[]): boolean {
  return layers.some(({ diffId, name }) => diffId === layer.diffId && name !== layer.name);
}

/**
 * What a layer holds whose DiffID is that of a known one, without reading it: a claim, believed as far as the sizes
 * bear it out. Null where the layer must be read.
 */
export function knownIndex(
  layer: LayerDescription,
  place: LayerBytes & { from: 'range' },
  known: KnownLayers,
): LayerIndex | null {
  const index = layer.diffId === null ? undefined : known.get(layer.diffId);
  if (index === undefined) return null;
  const storedBytes = place.range.length;
  const compression = compressionOfRange(place.range);
  if (compression === null && storedBytes !== index.tarBytes) return null;
  if (contradicts(layer, compression)) return null;
  return { ...index, compression, storedBytes, digests: [], diffIds: [], inflated: true };
}

/**
 * The layers of two images with one changeset for each layer that both have: the one with fingerprints, where only
 * one has them, since the other's bytes may have streamed by.
 */
export function withSharedChangesets<Layer extends Reading>(
  layersA: readonly Layer[],
  layersB: readonly Layer[],
): readonly [Layer[], Layer[]] {
  const known = knownLayers(layersA);
  const knownB = knownLayers(layersB);
  const shared = new Map<Changeset, Changeset>();
  for (const [diffId, index] of knownB) {
    const other = known.get(diffId);
    if (other === undefined || other.tarBytes !== index.tarBytes) continue;
    const chosen = other.changeset.fingerprints === null ? index.changeset : other.changeset;
    const best = shared.get(other.changeset) ?? chosen;
    shared.set(other.changeset, best).set(index.changeset, best);
  }
  const replaced = (layer: Layer): Layer => {
    const changeset = layer.index === null ? undefined : shared.get(layer.index.changeset);
    return layer.index === null || changeset === undefined
      ? layer
      : { ...layer, index: { ...layer.index, changeset } };
  };
  return [layersA.map(replaced), layersB.map(replaced)];
}
