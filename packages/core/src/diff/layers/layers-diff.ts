import { stepsOfLayers } from '../../analysis/image-info.js';
import { digestRange } from '../../digest/digest-range.js';
import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { digestContradictsDiffId } from '../../image/known-layers.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../../image/read-image.js';
import { cleanInstruction } from '../../oci/instruction.js';
import { contentBytesOf } from '../../rootfs/changeset.js';
import { alignSequences } from '../align-sequences.js';
import type { LayerReference, LayersDiff, SameTreeLayers } from '../document.js';
import { type Comparing, sameTree } from './same-tree.js';

/**
 * Which layers two images share, which hold the same in other bytes, and which only one has. Layers are the same
 * where one changeset stands for both, or where they claim one DiffID and nothing speaks against it.
 */
export async function compareLayers(
  imageA: ReadImage,
  imageB: ReadImage,
  comparer: ContentComparer,
): Promise<LayersDiff> {
  const keysA = layerKeys(imageA, 'a');
  const keysB = layerKeys(imageB, 'b');
  const pairs = alignSequences(keysA, keysB);
  const refer = { a: createReferrer(imageA), b: createReferrer(imageB) };
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
      },
    ];
  });
  const restA = imageA.layers.filter((_, index) => !pairs.some(([indexA]) => indexA === index));
  const restB = imageB.layers.filter((_, index) => !pairs.some(([, indexB]) => indexB === index));
  const alike = await pairAlike(restA, restB, pairs, { imageA, imageB, comparer });
  const prefix = pairs.findIndex(([a, b], i) => a !== i || b !== i);
  return {
    prefix: prefix === -1 ? pairs.length : prefix,
    shared,
    sameTree: alike.map(({ a, b, differs }): SameTreeLayers => ({ a: refer.a(a), b: refer.b(b), differs })),
    onlyInA: restA.filter((layer) => !alike.some(({ a }) => a === layer)).map(refer.a),
    onlyInB: restB.filter((layer) => !alike.some(({ b }) => b === layer)).map(refer.b),
  };
}

/** What is one text for one layer; a layer of which nothing can be known is like no other. */
function layerKeys({ layers }: ReadImage, side: string): string[] {
  return layers.map((layer) => {
    const { description, index, verified, position } = layer;
    // What was computed is what a layer is; what is claimed counts where nothing was.
    const isContested = index !== null && digestContradictsDiffId(description, index.compression);
    const claimed = isContested ? description.digest : description.diffId;
    const diffId = index?.diffIds[0] ?? (verified === false ? null : claimed);
    // What differs in length is not the same, whatever is claimed.
    if (diffId !== null) return `${diffId} ${index?.tarBytes ?? 'absent'}`;
    if (description.digest !== null && verified !== false) return `blob ${description.digest}`;
    // Images from before DiffIDs: the bytes have to say it.
    if (layer.bytes?.from === 'range' && index !== null && index.compression === null) {
      const [digest] = digestRange(layer.bytes.range, ['sha256']);
      return `${digest} ${index.tarBytes}`;
    }
    return `${side} ${position}`;
  });
}

interface Alike {
  readonly a: ReadLayer;
  readonly b: ReadLayer;
  readonly differs: readonly ('mtime' | 'order')[];
}

/** How many layers of B each one of A is held against. */
const TRIES = 3;

/** Pairs of layers that hold the same tree, in order, between those that the images share. */
async function pairAlike(
  restA: readonly ReadLayer[],
  restB: readonly ReadLayer[],
  pairs: readonly (readonly [number, number])[],
  comparing: Comparing,
): Promise<Alike[]> {
  const gapA = (layer: ReadLayer): number => pairs.filter(([a]) => a < layer.position).length;
  const gapB = (layer: ReadLayer): number => pairs.filter(([, b]) => b < layer.position).length;
  const alike: Alike[] = [];
  let next = 0;
  for (const a of restA) {
    const gap = gapA(a);
    while (next < restB.length && gapOf(next) < gap) next++;
    for (let i = next; i < Math.min(next + TRIES, restB.length) && gapOf(i) === gap; i++) {
      const b = restB[i];
      if (b === undefined || a.index === null || b.index === null) continue;
      const differs = await sameTree(
        { position: a.position, changeset: a.index.changeset },
        { position: b.position, changeset: b.index.changeset },
        comparing,
      );
      if (differs === null) continue;
      alike.push({ a, b, differs });
      next = i + 1;
      break;
    }
  }
  return alike;

  function gapOf(index: number): number {
    const layer = restB[index];
    return layer === undefined ? -1 : gapB(layer);
  }
}

function createReferrer(image: ReadImage): (layer: ReadLayer) => LayerReference {
  const steps = stepsOfLayers(image);
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
