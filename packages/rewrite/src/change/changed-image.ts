import type { ReadImage } from '@layers/core/image';
import { isManifest, type Platform } from '@layers/core/oci';
import type { RawHistory } from '../config/history.js';
import { withLayers } from '../config/with-layers.js';
import { configBytesOf } from '../image/complete-image.js';
import type { NewImage, NewLayer } from '../image/new-image.js';
import { annotationsToKeep, type OriginalManifest, originalManifest } from '../image/original-manifest.js';

/** The parts of an image that change. */
export interface ImageChange {
  readonly layers: readonly NewLayer[];
  /** Default: the history of the image. */
  readonly history?: RawHistory | undefined;
  /** Default: the config of the image. */
  readonly configBytes?: Uint8Array | undefined;
  /** Default: the platform of the image. */
  readonly platform?: Platform | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
  /** Default: the annotations of the image that still apply. */
  readonly annotations?: ReadonlyMap<string, string> | undefined;
  /** Keep the manifest even if it declares layers with wrong media types. Default: false. */
  readonly keepsMediaTypes?: boolean | undefined;
}

/**
 * Returns an image with changes. Everything else stays the same: config and manifest keep their exact bytes unless a
 * change affects them. Throws ERR_LAYERS_NO_CONFIG, and ERR_LAYERS_CONFIG for an invalid config.
 */
export function changedImage(image: ReadImage, change: ImageChange): NewImage {
  const { layers, history, configBytes = configBytesOf(image), tags, annotations, keepsMediaTypes } = change;
  const { description } = image;
  const { platform = description.platform } = change;
  const config: NewImage['config'] = (diffIds) => withLayers(configBytes, { diffIds, history });
  const manifest = originalManifest(image);
  const isUnchanged =
    manifest !== null &&
    isManifest(manifest.mediaType) &&
    annotations === undefined &&
    layers.length === description.layers.length &&
    layers.every((layer, i) => {
      const before = description.layers[i];
      if (layer.kind !== 'existing' || layer.digest !== before?.digest) return false;
      return keepsMediaTypes === true || layer.mediaType === before.mediaType;
    }) &&
    sameBytes(
      config(layers.flatMap((layer) => (layer.kind === 'existing' ? [layer.diffId] : []))),
      description.configBytes,
    );
  return {
    layers: layers.map((layer) => withFields(layer, manifest)),
    config,
    manifest: isUnchanged ? { bytes: manifest.bytes, mediaType: manifest.mediaType } : null,
    tags: tags ?? description.tags,
    platform,
    annotations: annotations ?? annotationsToKeep(manifest),
  };
}

/** Returns an existing layer with the other fields of its descriptor. */
function withFields(layer: NewLayer, manifest: OriginalManifest | null): NewLayer {
  if (layer.kind === 'generated') return layer;
  return { ...layer, descriptor: manifest?.layerFields.get(layer.digest) };
}

function sameBytes(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && Buffer.compare(a, b) === 0;
}
