import { refuseDamage } from '../analysis/analysis.js';
import { withSharedChangesets } from '../image/known-layers.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import { uniteLayers } from '../rootfs/union.js';
import type { ComparedImages } from './files/decide-contents.js';

/**
 * Merges the layers of two images. Layers that both have get one changeset, so that what stands on them is the same
 * without a look. Throws a damaged layer's problem.
 */
export function uniteBoth(a: ReadImage, b: ReadImage): ComparedImages {
  refuseDamage(a);
  refuseDamage(b);
  const [readA, readB] = withSharedChangesets(a.layers, b.layers);
  const [layersA, layersB] = [readA.map(changesetOf), readB.map(changesetOf)];
  const other = layersA.findIndex((layer, i) => layer !== layersB[i]);
  const base = uniteLayers(layersA.slice(0, other === -1 ? layersA.length : other));
  return {
    imageA: { ...a, layers: readA },
    imageB: { ...b, layers: readB },
    a: layersA.length === base.layers.length ? base : uniteLayers(layersA, base),
    b: layersB.length === base.layers.length ? base : uniteLayers(layersB, base),
    sharedNodes: base.nodes.count,
  };
}
