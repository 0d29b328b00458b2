import { algorithmOf, type Digest, hexOf, isDigest } from '../../digest/digest.js';

/** Where a layout keeps the blob of a digest (OCI image-layout.md "Blobs"). */
export function blobName(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

const BLOB = /^blobs\/([a-z0-9+._-]+)\/([a-zA-Z0-9=_-]+)$/;

/** The digest that a member's name in a layout states, or null. */
export function digestOfBlobName(name: string): Digest | null {
  const match = BLOB.exec(name);
  const digest = match === null ? '' : `${match[1]}:${match[2]}`;
  return isDigest(digest) ? digest : null;
}

const CONFIG = /^(?:.*\/)?(?:sha256:)?([a-f0-9]{64})(?:\.json)?$/;

/** The image id that the name of a config states: `<hex>.json` of docker, `sha256:<hex>` of kaniko, or a blob's. */
export function idOfConfigName(name: string): Digest | null {
  const blob = digestOfBlobName(name);
  if (blob !== null) return blob;
  const match = CONFIG.exec(name);
  return match === null ? null : `sha256:${match[1] ?? ''}`;
}

const LAYER_FILE = /^([a-f0-9]{64})\.tar(?:\.gz|\.zst)?$/;

/**
 * The digest that the name of a layer's member states: a blob's, or `<hex>.tar.gz` as kaniko, Jib and crane write it
 * and `<hex>.tar` as skopeo does. A name that repeats the DiffID of a compressed layer states no digest.
 */
export function digestOfLayerName(name: string, diffId: Digest | null): Digest | null {
  const blob = digestOfBlobName(name);
  if (blob !== null) return blob;
  const match = LAYER_FILE.exec(name);
  const digest: Digest | null = match === null ? null : `sha256:${match[1] ?? ''}`;
  return digest === diffId && !name.endsWith('.tar') ? null : digest;
}
