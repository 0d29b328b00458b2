import type { ReadImage } from '@layers/core/image';
import { OCI_MANIFEST } from '@layers/core/oci';
import type { RawHistory } from '../config/history.js';
import { withLayers } from '../config/with-layers.js';
import { configBytesOf } from '../image/complete-image.js';
import type { NewImage, NewLayer } from '../image/new-image.js';
import { annotationsToKeep, originalManifest } from '../image/original-manifest.js';

/** What is different in the image to be written. */
export interface ImageChange {
  readonly layers: readonly NewLayer[];
  readonly history?: RawHistory | undefined;
  /** Default: the config as it is. */
  readonly configBytes?: Uint8Array | undefined;
  /** Default: those that the image has. */
  readonly tags?: readonly string[] | undefined;
  readonly annotations?: ReadonlyMap<string, string> | undefined;
}

/**
 * An image with changes, and everything else as it was: config and manifest keep their exact bytes where nothing in
 * them has to be different. Throws ERR_LAYERS_NO_CONFIG, and what is wrong with the config.
 */
export function changedImage(image: ReadImage, change: ImageChange): NewImage {
  const { layers, history, configBytes = configBytesOf(image), tags, annotations } = change;
  const { description } = image;
  const config: NewImage['config'] = (diffIds) => withLayers(configBytes, { diffIds, history });
  const manifest = originalManifest(image);
  // Not every reader of layouts takes a manifest of docker's own type.
  const isSame =
    manifest?.mediaType === OCI_MANIFEST &&
    annotations === undefined &&
    layers.length === description.layers.length &&
    layers.every((layer, i) => layer.kind === 'existing' && layer.digest === description.layers[i]?.digest) &&
    sameBytes(
      config(layers.flatMap((layer) => (layer.kind === 'existing' ? [layer.diffId] : []))),
      description.configBytes,
    );
  return {
    layers,
    config,
    manifest: isSame ? { bytes: manifest.bytes, mediaType: manifest.mediaType } : null,
    tags: tags ?? description.tags,
    platform: description.platform,
    annotations: annotations ?? annotationsToKeep(manifest),
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && Buffer.compare(a, b) === 0;
}
