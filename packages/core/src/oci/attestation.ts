import type { Descriptor } from './descriptor.js';
import type { Manifest } from './manifest.js';
import { essenceOf, isConfig } from './media-types.js';

/**
 * Returns whether a descriptor of an index is an attestation of another image in it, as BuildKit writes them: by its
 * annotation, or by the platform `unknown/unknown`, which no runtime chooses.
 */
export function isAttestation(descriptor: Descriptor): boolean {
  return (
    descriptor.annotations.get('vnd.docker.reference.type') === 'attestation-manifest' ||
    (descriptor.platform?.os === 'unknown' && descriptor.platform.architecture === 'unknown')
  );
}

/** Media types that registries and old clients use instead of docker's config type. Docker pulls such images. */
const MISTAKEN_CONFIG_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/json',
  'text/html',
]);

/**
 * Returns whether a manifest describes a container image, not an artifact (a Helm chart, a plugin, anything with the
 * empty config), an attestation or a signature. The last two have the config type of images, but JSON documents as
 * layers.
 */
export function isImageManifest(manifest: Manifest): boolean {
  const { config, layers, artifactType } = manifest;
  if (!isConfig(config.mediaType)) {
    if (artifactType !== undefined && artifactType !== '') return false;
    if (!MISTAKEN_CONFIG_TYPES.has(essenceOf(config.mediaType))) return false;
  }
  return layers.length === 0 || !layers.every((layer) => /[+/]json$/.test(essenceOf(layer.mediaType)));
}
