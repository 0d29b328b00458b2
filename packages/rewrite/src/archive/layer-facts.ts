import { computableAlgorithmOf, type Digest, digestOf } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import type { ExistingLayer, GeneratedLayer, NewImage, NewLayer } from '../image/new-image.js';

/** What has to be known of a layer before documents can name it. */
export interface LayerFacts {
  /** Of the blob as stored. */
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Bytes of the blob as stored. */
  readonly size: number;
}

/** Tells what is known of a made layer. */
export type FactsOf = (layer: GeneratedLayer) => LayerFacts;

/** Every layer of the images once, in order: made ones by themselves, stored ones by their digest. */
export function uniqueLayers(images: readonly NewImage[]): readonly NewLayer[] {
  const layers = new Set<NewLayer>();
  const stored = new Map<Digest, ExistingLayer>();
  for (const layer of images.flatMap((image) => image.layers)) {
    if (layer.kind === 'generated') {
      layers.add(layer);
      continue;
    }
    const first = stored.get(layer.digest);
    if (first !== undefined) {
      if (first.size !== layer.size)
        throw blobMismatch(layer, `${first.size} and ${layer.size} bytes are claimed`);
      continue;
    }
    if (computableAlgorithmOf(layer.digest) === null)
      throw blobMismatch(layer, 'its algorithm is not known here');
    stored.set(layer.digest, layer);
    layers.add(layer);
  }
  return [...layers];
}

/** ERR_LAYERS_BLOB_MISMATCH: the bytes of a stored layer are not what its digest and size say. */
export function blobMismatch(layer: ExistingLayer, why: string): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `the layer ${layer.digest} cannot be copied: ${why}`, {
    file: blobName(layer.digest),
    hint: 'the input is damaged: layers verify tells what is wrong with it',
  });
}

/**
 * Stand-ins for the facts of made layers, where they give documents of the same length as the facts will: every blob
 * has a known size, and no two can turn out to be one. Null where that cannot be known beforehand.
 */
export function placeholderFacts(layers: readonly NewLayer[]): FactsOf | null {
  const facts = new Map<GeneratedLayer, LayerFacts>();
  const sizes = new Set<number>();
  for (const layer of layers) if (layer.kind === 'existing') sizes.add(layer.size);
  for (const [index, layer] of layers.entries()) {
    if (layer.kind === 'existing') continue;
    if (layer.compression.kind !== 'none' || layer.tarBytes === null || sizes.has(layer.tarBytes))
      return null;
    sizes.add(layer.tarBytes);
    const digest = digestOf(`the digest of layer ${index}, which is not known yet`);
    facts.set(layer, { digest, diffId: digest, size: layer.tarBytes });
  }
  return knownFacts(facts);
}

/** Looks facts up. */
export function knownFacts(facts: ReadonlyMap<GeneratedLayer, LayerFacts>): FactsOf {
  return (layer) => {
    const known = facts.get(layer);
    if (known === undefined) throw internalError('a layer was not made');
    return known;
  };
}

/** ERR_LAYERS_INTERNAL: what only a mistake in this program, or in a caller's `NewImage`, can bring about. */
export function internalError(what: string): LayersError {
  return new LayersError('ERR_LAYERS_INTERNAL', `an image cannot be written: ${what}`, {
    hint: 'this is a mistake in the program: please report it',
  });
}
