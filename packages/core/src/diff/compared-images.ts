import { refuseDamage } from '../analysis/analysis.js';
import { allFindings } from '../analysis/findings.js';
import { createFinding, type Finding, withPlace } from '../findings/finding.js';
import { withSharedChangesets } from '../image/known-layers.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import type { Union } from '../rootfs/union.js';
import { uniteLayers } from '../rootfs/union.js';

/** Two images, with their merged trees. */
export interface ComparedImages {
  readonly imageA: ReadImage;
  readonly imageB: ReadImage;
  readonly a: Union;
  readonly b: Union;
  /** The number of first nodes that represent the same paths in both unions. */
  readonly sharedNodes: number;
}

/**
 * Merges the layers of each image. Layers that both images have get one changeset, so entries of these layers
 * need no comparison.
 *
 * @throws LayersError the problem of a damaged layer
 */
export function uniteBoth(a: ReadImage, b: ReadImage): ComparedImages {
  refuseDamage(a);
  refuseDamage(b);
  const [imageA, imageB] = withSharedLayers(a, b);
  const [layersA, layersB] = [imageA.layers.map(changesetOf), imageB.layers.map(changesetOf)];
  const firstDifferent = layersA.findIndex((layer, i) => layer !== layersB[i]);
  const base = uniteLayers(layersA.slice(0, firstDifferent === -1 ? layersA.length : firstDifferent));
  return {
    imageA,
    imageB,
    a: layersA.length === base.layers.length ? base : uniteLayers(layersA, base),
    b: layersB.length === base.layers.length ? base : uniteLayers(layersB, base),
    sharedNodes: base.nodes.count,
  };
}

/** Returns two images with one changeset for each layer that both have. */
export function withSharedLayers(a: ReadImage, b: ReadImage): readonly [ReadImage, ReadImage] {
  const [layersA, layersB] = withSharedChangesets(a.layers, b.layers);
  return [
    { ...a, layers: layersA },
    { ...b, layers: layersB },
  ];
}

/** Whether an image lacks the bytes of a layer. Then nobody knows whether the images are identical. */
export function lacksLayer({ imageA, imageB }: ComparedImages): boolean {
  return [imageA, imageB].some(({ layers }) => layers.some(({ index }) => index === null));
}

const NOT_COMPARED = createFinding(
  'layers-not-compared',
  'layers that are not in the archives were not compared, so the images may differ',
);

/** Returns the findings of both images, each with its side. */
export function findingsOf(compared: ComparedImages): Finding[] {
  const { imageA, imageB, a, b } = compared;
  const ofA = allFindings({ image: imageA, union: a }).map((finding) => withPlace(finding, { side: 'a' }));
  const ofB = allFindings({ image: imageB, union: b }).map((finding) => withPlace(finding, { side: 'b' }));
  return [...ofA, ...ofB, ...(lacksLayer(compared) ? [NOT_COMPARED] : [])];
}
