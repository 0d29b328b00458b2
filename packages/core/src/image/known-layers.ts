import type { Compression } from '../compression/sniff.js';
import type { Digest } from '../digest/digest.js';
import type { Changeset } from '../rootfs/changeset.js';
import type { LayerBytes } from './archive/archive-reader.js';
import type { LayerDescription } from './describe/description.js';
import { withTocFindings } from './layers/check-toc.js';
import { compressionOf } from './layers/index-layer.js';
import { isDeclared, type LayerIndex } from './layers/layer-index.js';

/** Indexes of layers that were read, by declared DiffID. */
export type KnownLayers = ReadonlyMap<Digest, LayerIndex>;

/** The part of a `ReadLayer` that this module uses. */
interface LayerReading {
  readonly description: LayerDescription;
  readonly index: LayerIndex | null;
  readonly verified: boolean | null;
}

/** Returns the layers that another image may share: complete ones whose DiffIDs nothing contradicts. */
export function knownLayers(layers: readonly LayerReading[]): KnownLayers {
  const known = new Map<Digest, LayerIndex>();
  const contested = new Set<Digest>();
  for (const { description, index, verified } of layers) {
    const { diffId } = description;
    // What a table of contents declares is not known of other bytes.
    if (index !== null && isDeclared(index)) continue;
    if (diffId === null || index === null || index.problem !== null || verified === false) continue;
    if (digestContradictsDiffId(description, index.compression)) continue;
    // Two different layers of an image declare one DiffID: at most one of them has it.
    const other = known.get(diffId);
    if (other !== undefined && other.changeset !== index.changeset) contested.add(diffId);
    known.set(diffId, index);
  }
  for (const diffId of contested) known.delete(diffId);
  return known;
}

/** Whether an uncompressed layer declares a digest other than its DiffID. Both are digests of the same bytes. */
export function digestContradictsDiffId(
  { diffId, digest }: LayerDescription,
  compression: Compression | null,
): boolean {
  if (compression !== null || diffId === null || digest === null) return false;
  return diffId.split(':')[0] === digest.split(':')[0] && diffId !== digest;
}

/** Whether an image declares the layer's DiffID for another blob too. */
export function isContested(layer: LayerDescription, layers: readonly LayerDescription[]): boolean {
  return layers.some(({ diffId, name }) => diffId === layer.diffId && name !== layer.name);
}

/**
 * Returns the index of a known layer with the same DiffID, so that the layer need not be read. The DiffID is only
 * declared; sizes and digests must agree with it. Returns null where the layer must be read.
 */
export function knownIndex(
  layer: LayerDescription,
  bytes: LayerBytes & { from: 'source' },
  known: KnownLayers,
): LayerIndex | null {
  const index = layer.diffId === null ? undefined : known.get(layer.diffId);
  if (index === undefined) return null;
  const storedBytes = bytes.source.size;
  const compression = compressionOf(bytes.source);
  if (compression === null && storedBytes !== index.tarBytes) return null;
  if (digestContradictsDiffId(layer, compression)) return null;
  return withTocFindings(bytes.source, {
    ...index,
    compression,
    storedBytes,
    digests: [],
    diffIds: [],
    inflated: true,
    accessPoints: null,
    tocFindings: [],
  });
}

/**
 * Returns the layers of two images, with one changeset for each layer that both have. Prefers the changeset with
 * fingerprints, because the bytes of that layer may come from a stream.
 */
export function withSharedChangesets<Layer extends LayerReading>(
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
