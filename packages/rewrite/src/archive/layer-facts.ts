import { computableAlgorithmOf, type Digest, digestOf } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import { compressBound } from '../compress/block.js';
import type { ExistingLayer, GeneratedLayer, NewImage, NewLayer } from '../image/new-image.js';

/** The digests and the size of a layer, which documents contain. */
export interface LayerFacts {
  /** Digest of the stored blob. */
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Size of the stored blob in bytes. */
  readonly sizeBytes: number;
}

/** Returns the facts of a generated layer. */
export type FactsOf = (layer: GeneratedLayer) => LayerFacts;

/** Whether only the descriptor of a layer is written, without its blob. */
export function isAbsent(layer: NewLayer): boolean {
  return layer.kind === 'existing' && layer.isAbsent === true;
}

/** Returns images, and then what their indexes have beside them. */
export function withAttached(images: readonly NewImage[]): readonly NewImage[] {
  const indexes = new Set(images.flatMap(({ index }) => index ?? []));
  return [...images, ...[...indexes].flatMap(({ attached }) => attached)];
}

/**
 * Returns every layer of the images whose blob is at hand once, in order. Existing layers with the same digest are one. Throws
 * ERR_LAYERS_BLOB_MISMATCH for contradicting sizes, or an unknown digest algorithm.
 */
export function uniqueLayers(images: readonly NewImage[]): readonly NewLayer[] {
  const layers = new Set<NewLayer>();
  const existing = new Map<Digest, ExistingLayer>();
  for (const layer of withAttached(images).flatMap((image) => image.layers)) {
    if (layer.kind === 'generated') {
      layers.add(layer);
      continue;
    }
    if (isAbsent(layer)) continue;
    const first = existing.get(layer.digest);
    if (first !== undefined) {
      if (first.sizeBytes !== layer.sizeBytes)
        throw blobMismatch(
          layer,
          `its declared size is both ${first.sizeBytes} and ${layer.sizeBytes} bytes`,
        );
      continue;
    }
    if (computableAlgorithmOf(layer.digest) === null)
      throw blobMismatch(layer, 'its digest algorithm is unknown');
    existing.set(layer.digest, layer);
    layers.add(layer);
  }
  return [...layers];
}

/** Returns ERR_LAYERS_BLOB_MISMATCH for a layer whose bytes do not match its digest and size. */
export function blobMismatch(layer: ExistingLayer, why: string): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `cannot copy the layer: ${why}`, {
    archive: layer.archive,
    file: blobName(layer.digest),
    hint: 'the input is damaged: copy or download it again',
  });
}

/** Returns ERR_LAYERS_BLOB_MISMATCH for a layer whose uncompressed tar does not match its DiffID. */
export function tarMismatch({ archive, diffId }: NewLayer, computed: Digest): LayersError {
  return new LayersError(
    'ERR_LAYERS_BLOB_MISMATCH',
    `a layer does not match its DiffID ${diffId}: its actual digest is ${computed}`,
    { archive, hint: 'the input is damaged: copy or download it again' },
  );
}

/**
 * Returns the facts of the generated layers that are known in advance, because they are uncompressed and have a known
 * DiffID.
 */
export function factsInAdvance(layers: readonly NewLayer[]): ReadonlyMap<GeneratedLayer, LayerFacts> {
  const facts = new Map<GeneratedLayer, LayerFacts>();
  for (const layer of layers) {
    if (layer.kind === 'existing') continue;
    const { compression, diffId, tarBytes } = layer;
    if (compression.kind !== 'none' || tarBytes === null || diffId === undefined) continue;
    // Written layers have sha256 digests.
    if (computableAlgorithmOf(diffId) !== 'sha256') continue;
    facts.set(layer, { digest: diffId, diffId, sizeBytes: tarBytes });
  }
  return facts;
}

/** Which size a placeholder has: that of an uncompressed layer, or one of the limits within which a compressed layer will be. */
export type PlaceholderSize = 'exact' | 'least' | 'most';

/**
 * Returns the facts of generated layers as far as they are known, and placeholders for the others, if documents with
 * them have the planned length: every blob has a known size, and layers have the same placeholder if they turn out to be
 * the same blob. Null otherwise.
 */
export function placeholderFacts(
  layers: readonly NewLayer[],
  size: PlaceholderSize = 'exact',
): FactsOf | null {
  const facts = new Map(factsInAdvance(layers));
  const sizes = layers.map((layer) => (layer.kind === 'existing' ? layer.sizeBytes : layer.tarBytes));
  const existing = new Set(layers.flatMap((layer) => (layer.kind === 'existing' ? layer.diffId : [])));
  for (const [index, layer] of layers.entries()) {
    if (layer.kind === 'existing' || facts.has(layer)) continue;
    const { diffId, tarBytes, compression } = layer;
    const sizeBytes = placeholderSize(layer, size);
    if (sizeBytes === null) return null;
    const canBeAnother =
      diffId === undefined ? sizes.indexOf(tarBytes) !== sizes.lastIndexOf(tarBytes) : existing.has(diffId);
    if (canBeAnother) return null;
    const tar = diffId ?? `layer ${index}`;
    const digest = digestOf(`placeholder for ${tar} with ${compression.kind} ${compression.level}`);
    facts.set(layer, { digest, diffId: diffId ?? digest, sizeBytes });
  }
  return knownFacts(facts);
}

/** Layers compress to a half or a third. A layer of zeros has fewer bytes than the least. */
const LEAST_PART = 1 / 256;

function placeholderSize({ compression, tarBytes }: GeneratedLayer, size: PlaceholderSize): number | null {
  if (tarBytes === null || compression.kind === 'none') return tarBytes;
  if (size === 'exact') return null;
  return size === 'least' ? Math.ceil(tarBytes * LEAST_PART) : compressBound(tarBytes);
}

/** Returns a function that looks facts up in a map. */
export function knownFacts(facts: ReadonlyMap<GeneratedLayer, LayerFacts>): FactsOf {
  return (layer) => {
    const known = facts.get(layer);
    if (known === undefined) throw internalError('a layer was not generated');
    return known;
  };
}

/** Returns ERR_LAYERS_INTERNAL, for what only a bug here or in a caller's `NewImage` can cause. */
export function internalError(what: string): LayersError {
  return new LayersError('ERR_LAYERS_INTERNAL', `cannot write an image: ${what}`, {
    hint: 'this is a bug: please report it',
  });
}
