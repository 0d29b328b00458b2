import type { Archive, ImageDescription, LayerDescription } from '@layers/core/image';
import { whileUnchanged } from '@layers/core/io';
import { isManifest, OCI_MANIFEST, parseJson, parseManifest } from '@layers/core/oci';
import type { ExistingLayer, NewImage } from '@layers/rewrite/image';

/**
 * Returns an image that is written byte for byte as it is stored. Its layers are not read before they are written; the
 * writer verifies their digests. Returns null if the documents lack digests: the image must be read then.
 */
export function imageAsStored(archive: Archive, description: ImageDescription): NewImage | null {
  const { configBytes, platform, tags } = description;
  const manifest = manifestOf(archive, description);
  const layers = description.layers.map((layer) => layerAsStored(archive, layer));
  if (configBytes === null || manifest === null) return null;
  const known = layers.filter((layer) => layer !== null);
  if (known.length < layers.length) return null;
  return {
    layers: known,
    config: () => configBytes,
    manifest,
    tags,
    platform,
    annotations: new Map(),
  };
}

function manifestOf({ reader }: Archive, { manifestName }: ImageDescription): NewImage['manifest'] {
  const file = manifestName === null ? null : reader.find(manifestName);
  if (manifestName === null || file === null) return null;
  const bytes = reader.read(file);
  const { mediaType } = parseManifest(parseJson(bytes, manifestName), manifestName);
  const type = mediaType ?? OCI_MANIFEST;
  return isManifest(type) ? { bytes, mediaType: type } : null;
}

function layerAsStored(
  { reader, source: { path } }: Archive,
  { file, digest, diffId, mediaType }: LayerDescription,
): ExistingLayer | null {
  const bytes = file === null ? null : reader.layer(file);
  if (bytes?.from !== 'source' || digest === null || diffId === null || mediaType === null) return null;
  const { source } = bytes;
  return {
    kind: 'existing',
    digest,
    sizeBytes: source.size,
    diffId,
    mediaType,
    source,
    archive: path,
    chunks: () => whileUnchanged(source, source.stream(0, CHUNK_BYTES)),
  };
}

const CHUNK_BYTES = 1024 * 1024;
