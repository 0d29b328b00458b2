import { LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';

/** Docker mounts at most 125 layers and overlay file systems 500: more are there to exhaust whoever counts them. */
const MAX_LAYERS = 1000;

/**
 * A config must name as many DiffIDs as the manifest has layers (OCI config.md, `rootfs`). Throws ERR_LAYERS_LIMIT
 * for more layers than anything could mount.
 */
export function checkLayerCount(layers: number, diffIds: number): Finding[] {
  refuseTooManyLayers(layers);
  if (layers === diffIds) return [];
  const message = `the manifest has ${layers} layers and the config ${diffIds} DiffIDs`;
  return [createFinding('layer-count-mismatch', message)];
}

/** Throws ERR_LAYERS_LIMIT. */
export function refuseTooManyLayers(layers: number): void {
  if (layers <= MAX_LAYERS) return;
  throw new LayersError('ERR_LAYERS_LIMIT', `an image has ${layers} layers; the limit is ${MAX_LAYERS}`, {
    hint: 'no runtime could mount them: the archive is damaged, or made to exhaust memory',
  });
}
