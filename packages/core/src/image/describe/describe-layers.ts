import { LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';

/** Docker mounts at most 125 layers, overlay file systems 500. */
const MAX_LAYERS = 1000;

/**
 * Checks that a config has one DiffID for each layer of the manifest (OCI config.md `rootfs`). Throws
 * ERR_LAYERS_LIMIT for more layers than anything can mount.
 */
export function checkLayerCount(layers: number, diffIds: number): Finding[] {
  refuseTooManyLayers(layers);
  if (layers === diffIds) return [];
  const message = `the manifest has ${layers} layers and the config ${diffIds} DiffIDs`;
  return [createFinding('layer-count-mismatch', message)];
}

/** Throws ERR_LAYERS_LIMIT for more layers than anything can mount. */
export function refuseTooManyLayers(layers: number): void {
  if (layers <= MAX_LAYERS) return;
  throw new LayersError('ERR_LAYERS_LIMIT', `an image has ${layers} layers; the limit is ${MAX_LAYERS}`, {
    hint: 'no runtime can mount that many: the archive is damaged or malicious',
  });
}
