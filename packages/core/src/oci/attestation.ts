import { type Digest, isDigest } from '../digest/digest.js';
import { artifactOf } from './artifact.js';
import type { Descriptor } from './descriptor.js';
import type { Manifest } from './manifest.js';

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

/** Returns the digest of the manifest that an attestation of BuildKit is about; null where it names none. */
export function attestedManifest({ annotations }: Descriptor): Digest | null {
  const digest = annotations.get('vnd.docker.reference.digest');
  return digest !== undefined && isDigest(digest) ? digest : null;
}

/**
 * Returns whether a manifest describes a container image, not an artifact (a Helm chart, a plugin, anything with an
 * empty config), an attestation or a signature. The last two have the config type of images.
 */
export function isImageManifest(manifest: Manifest): boolean {
  return artifactOf(manifest) === null;
}
