import { refuseDamage } from '../analysis/analysis.js';
import { allFindings } from '../analysis/findings.js';
import { type Finding, withPlace } from '../findings/finding.js';
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
  const [readA, readB] = withSharedChangesets(a.layers, b.layers);
  const [layersA, layersB] = [readA.map(changesetOf), readB.map(changesetOf)];
  const firstDifferent = layersA.findIndex((layer, i) => layer !== layersB[i]);
  const base = uniteLayers(layersA.slice(0, firstDifferent === -1 ? layersA.length : firstDifferent));
  return {
    imageA: { ...a, layers: readA },
    imageB: { ...b, layers: readB },
    a: layersA.length === base.layers.length ? base : uniteLayers(layersA, base),
    b: layersB.length === base.layers.length ? base : uniteLayers(layersB, base),
    sharedNodes: base.nodes.count,
  };
}

/** Returns the findings of both images, each with its side. */
export function findingsOf({ imageA, imageB, a, b }: ComparedImages): Finding[] {
  const ofA = allFindings({ image: imageA, union: a }).map((finding) => withPlace(finding, { side: 'a' }));
  const ofB = allFindings({ image: imageB, union: b }).map((finding) => withPlace(finding, { side: 'b' }));
  return [...ofA, ...ofB];
}
