import { LayersError } from '@layers/errors';
import { joinHistory } from '../oci/history.js';
import type { ImageDescription } from './describe/description.js';

/**
 * Returns the image without the layers after `position`; -1 keeps none. Its id, tags and execution parameters stay
 * those of the whole image, because nothing else is known. Throws ERR_LAYERS_LAYER_NOT_FOUND.
 */
export function upToLayer(image: ImageDescription, position: number): ImageDescription {
  const { layers, config } = image;
  if (position < -1 || position >= layers.length) {
    throw new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', `there is no layer ${position}`, {
      hint: layersHint(layers.length),
    });
  }
  const { entries } = joinHistory(config.history, layers.length);
  const last = entries.findLastIndex(({ layer }) => layer !== undefined && layer <= position);
  const history = config.history.slice(0, position === layers.length - 1 ? undefined : last + 1);
  return {
    ...image,
    upToLayer: position,
    layers: layers.slice(0, position + 1),
    config: { ...config, history, diffIds: config.diffIds.slice(0, position + 1) },
    findings: image.findings.filter(({ place }) => (place?.layer ?? -1) <= position),
  };
}

/** Returns a hint for a layer that does not exist: how many there are. */
export function layersHint(count: number): string {
  return `the image has ${count} ${count === 1 ? 'layer' : 'layers'}, numbered from 0`;
}
