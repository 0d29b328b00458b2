import type { Descriptor } from './descriptor.js';
import type { Manifest } from './manifest.js';
import { essenceOf, isConfig } from './media-types.js';

/**
 * Whether an index's descriptor names an attestation of another image in it, as BuildKit writes them: by its
 * annotation, or by the platform `unknown/unknown` that keeps runtimes from choosing it.
 */
export function isAttestation(descriptor: Descriptor): boolean {
  return (
    descriptor.annotations.get('vnd.docker.reference.type') === 'attestation-manifest' ||
    (descriptor.platform?.os === 'unknown' && descriptor.platform.architecture === 'unknown')
  );
}

/** Config types that registries and old clients put in the place of docker's; docker pulls such images. */
const MISTAKEN_CONFIG_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/json',
  'text/html',
]);

/**
 * Whether a manifest describes a container image, rather than an artifact (Helm charts, plugins, anything with
 * the empty config), an attestation or a signature. These last have an image's config type, but JSON documents
 * in the place of layers.
 */
export function isImageManifest(manifest: Manifest): boolean {
  const { config, layers, artifactType } = manifest;
  if (!isConfig(config.mediaType)) {
    if (artifactType !== undefined && artifactType !== '') return false;
    if (!MISTAKEN_CONFIG_TYPES.has(essenceOf(config.mediaType))) return false;
  }
  return layers.length === 0 || !layers.every((layer) => /[+/]json$/.test(essenceOf(layer.mediaType)));
}
