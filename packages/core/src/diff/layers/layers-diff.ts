import { stepsOfLayers } from '../../analysis/image-info.js';
import { digestSource } from '../../digest/digest-source.js';
import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { digestContradictsDiffId } from '../../image/known-layers.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../../image/read-image.js';
import { cleanInstruction } from '../../oci/instruction.js';
import { contentBytesOf } from '../../rootfs/changeset.js';
import { alignSequences } from '../align-sequences.js';
import { isComputedSame } from '../declared-digests.js';
import type { LayerReference, LayersDiff } from '../document.js';
import { compareLayerTrees, type LayerComparison } from './same-tree.js';

/**
 * Finds the layers that two images share, those with the same effect but different bytes, and those of one image
 * only. Layers are the same if they have the same changeset, or declare the same DiffID and no check contradicts it.
 */
export async function compareLayers(
  imageA: ReadImage,
  imageB: ReadImage,
  comparer: ContentComparer,
): Promise<LayersDiff> {
  const keysA = layerKeys(imageA, 'a');
  const keysB = layerKeys(imageB, 'b');
  const pairs = alignSequences(
    keysA.map(({ key }) => key),
    keysB.map(({ key }) => key),
  );
  const referenceTo = { a: layerReferences(imageA), b: layerReferences(imageB) };
  const shared = pairs.flatMap(([indexA, indexB]) => {
    const [a, b] = [imageA.layers[indexA], imageB.layers[indexB]];
    if (a === undefined || b === undefined) return [];
    return [
      {
        layerA: indexA,
        layerB: indexB,
        diffId: a.description.diffId ?? b.description.diffId,
        storedBytesA: storedBytesOf(a),
        storedBytesB: storedBytesOf(b),
        compressionA: a.index?.compression ?? null,
        compressionB: b.index?.compression ?? null,
        computed:
          (keysA[indexA]?.isComputed === true && keysB[indexB]?.isComputed === true) || isComputedSame(a, b),
      },
    ];
  });
  const restA = imageA.layers.filter((_, index) => !pairs.some(([indexA]) => indexA === index));
  const restB = imageB.layers.filter((_, index) => !pairs.some(([, indexB]) => indexB === index));
  const sameTrees = await pairSameTrees(restA, restB, pairs, { imageA, imageB, comparer });
  const prefix = pairs.findIndex(([a, b], i) => a !== i || b !== i);
  return {
    prefix: prefix === -1 ? pairs.length : prefix,
    shared,
    sameTree: sameTrees.map(({ a, b, differs }) => ({ a: referenceTo.a(a), b: referenceTo.b(b), differs })),
    onlyInA: restA.filter((layer) => !sameTrees.some(({ a }) => a === layer)).map(referenceTo.a),
    onlyInB: restB.filter((layer) => !sameTrees.some(({ b }) => b === layer)).map(referenceTo.b),
  };
}

interface LayerKey {
  readonly key: string;
  /** Whether the key has a digest that was computed. */
  readonly isComputed: boolean;
}

/** Returns a key for each layer. Equal keys mean equal layers; a layer without known digests has a unique key. */
function layerKeys({ layers }: ReadImage, side: string): LayerKey[] {
  return layers.map((layer) => {
    const { description, index, verified, position } = layer;
    // A computed digest counts before a declared one.
    const isContradicted = index !== null && digestContradictsDiffId(description, index.compression);
    const declared = isContradicted ? description.digest : description.diffId;
    const computed = index?.diffIds[0];
    const diffId = computed ?? (verified === false ? null : declared);
    // Layers of different lengths differ, whatever they declare.
    if (diffId !== null) {
      return { key: `${diffId} ${index?.tarBytes ?? 'absent'}`, isComputed: computed !== undefined };
    }
    if (description.digest !== null && verified !== false) {
      return {
        key: `blob ${description.digest}`,
        isComputed: index?.digests.includes(description.digest) === true,
      };
    }
    // Images older than DiffIDs declare no digest.
    if (layer.bytes?.from === 'source' && index !== null && index.compression === null) {
      const [digest] = digestSource(layer.bytes.source, ['sha256']);
      return { key: `${digest} ${index.tarBytes}`, isComputed: true };
    }
    return { key: `${side} ${position}`, isComputed: false };
  });
}

interface SameTreePair {
  readonly a: ReadLayer;
  readonly b: ReadLayer;
  readonly differs: readonly ('mtime' | 'order')[];
}

/** Each layer of A is compared with this many layers of B. */
const TRIES = 3;

/** Pairs layers with the same tree, in order, between the shared layers. */
async function pairSameTrees(
  restA: readonly ReadLayer[],
  restB: readonly ReadLayer[],
  pairs: readonly (readonly [number, number])[],
  comparison: LayerComparison,
): Promise<SameTreePair[]> {
  const gapA = (layer: ReadLayer): number => pairs.filter(([a]) => a < layer.position).length;
  const gapB = (layer: ReadLayer): number => pairs.filter(([, b]) => b < layer.position).length;
  const sameTrees: SameTreePair[] = [];
  let next = 0;
  for (const a of restA) {
    const gap = gapA(a);
    while (next < restB.length && gapOf(next) < gap) next++;
    for (let i = next; i < Math.min(next + TRIES, restB.length) && gapOf(i) === gap; i++) {
      const b = restB[i];
      if (b === undefined || a.index === null || b.index === null) continue;
      const differs = await compareLayerTrees(
        { position: a.position, changeset: a.index.changeset },
        { position: b.position, changeset: b.index.changeset },
        comparison,
      );
      if (differs === null) continue;
      sameTrees.push({ a, b, differs });
      next = i + 1;
      break;
    }
  }
  return sameTrees;

  function gapOf(index: number): number {
    const layer = restB[index];
    return layer === undefined ? -1 : gapB(layer);
  }
}

function layerReferences(image: ReadImage): (layer: ReadLayer) => LayerReference {
  const steps = stepsOfLayers(image.description);
  return (layer) => {
    const { description, index, position } = layer;
    const createdBy = steps[position]?.createdBy;
    const changeset = changesetOf(layer);
    return {
      layer: position,
      diffId: description.diffId,
      digest: description.digest,
      compression: index?.compression ?? null,
      storedBytes: storedBytesOf(layer),
      tarBytes: index?.tarBytes ?? 0,
      contentBytes: contentBytesOf(changeset),
      entries: changeset.count,
      instruction: createdBy === undefined ? null : cleanInstruction(createdBy),
    };
  };
}

function storedBytesOf({ index, description }: ReadLayer): number {
  return index?.storedBytes ?? description.size ?? 0;
}
