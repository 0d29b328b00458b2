import { algorithmOf, type Digest, hexOf, isDigest } from '../../digest/digest.js';

/** Returns the name of a blob in a layout (OCI image-layout.md "Blobs"). */
export function blobName(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

const BLOB = /^blobs\/([a-z0-9+._-]+)\/([a-zA-Z0-9=_-]+)$/;

/** Returns the digest that a blob's name in a layout declares, or null. */
export function digestOfBlobName(name: string): Digest | null {
  const match = BLOB.exec(name);
  const digest = match === null ? '' : `${match[1]}:${match[2]}`;
  return isDigest(digest) ? digest : null;
}

const CONFIG = /^(?:.*\/)?(?:sha256:)?([a-f0-9]{64})(?:\.json)?$/;

/** Returns the image id that a config's name declares: `<hex>.json` (docker), `sha256:<hex>` (kaniko) or a blob's. */
export function idOfConfigName(name: string): Digest | null {
  const blob = digestOfBlobName(name);
  if (blob !== null) return blob;
  const match = CONFIG.exec(name);
  return match === null ? null : `sha256:${match[1] ?? ''}`;
}

const LAYER_FILE = /^([a-f0-9]{64})\.tar(?:\.gz|\.zst)?$/;

/**
 * Returns the digest that a layer's name declares: a blob's, `<hex>.tar.gz` (kaniko, Jib, crane) or `<hex>.tar`
 * (skopeo). Returns null for a compressed layer whose name repeats its DiffID.
 */
export function digestOfLayerName(name: string, diffId: Digest | null): Digest | null {
  const blob = digestOfBlobName(name);
  if (blob !== null) return blob;
  const match = LAYER_FILE.exec(name);
  const digest: Digest | null = match === null ? null : `sha256:${match[1] ?? ''}`;
  return digest === diffId && !name.endsWith('.tar') ? null : digest;
}
