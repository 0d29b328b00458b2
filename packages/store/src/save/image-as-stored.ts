import type { Archive, ImageDescription, LayerDescription } from '@layers/core/image';
import { rangeChunks } from '@layers/core/io';
import { OCI_MANIFEST, parseJson, parseManifest } from '@layers/core/oci';
import type { ExistingLayer, NewImage } from '@layers/rewrite/image';

/**
 * Returns an image that is written byte for byte as it is stored. Its layers are not read before they are written; the
 * writer verifies their digests. Returns null if the documents lack digests, or the manifest is not an OCI manifest: the
 * image must be read then.
 */
export function imageAsStored(archive: Archive, description: ImageDescription): NewImage | null {
  const { configBytes, platform, tags } = description;
  const manifest = manifestBytes(archive, description);
  const layers = description.layers.map((layer) => layerAsStored(archive, layer));
  if (configBytes === null || manifest === null) return null;
  const known = layers.filter((layer) => layer !== null);
  if (known.length < layers.length) return null;
  return {
    layers: known,
    config: () => configBytes,
    manifest: { bytes: manifest, mediaType: OCI_MANIFEST },
    tags,
    platform,
    annotations: new Map(),
  };
}

function manifestBytes({ reader }: Archive, { manifestName }: ImageDescription): Uint8Array | null {
  const file = manifestName === null ? null : reader.find(manifestName);
  if (manifestName === null || file === null) return null;
  const bytes = reader.read(file);
  const { mediaType } = parseManifest(parseJson(bytes, manifestName), manifestName);
  return (mediaType ?? OCI_MANIFEST) === OCI_MANIFEST ? bytes : null;
}

function layerAsStored(
  { reader }: Archive,
  { file, digest, diffId, mediaType }: LayerDescription,
): ExistingLayer | null {
  const bytes = file === null ? null : reader.layer(file);
  if (bytes?.from !== 'range' || digest === null || diffId === null || mediaType === null) return null;
  const { range } = bytes;
  return {
    kind: 'existing',
    digest,
    sizeBytes: range.length,
    diffId,
    mediaType,
    range,
    chunks: () => rangeChunks(range, CHUNK_BYTES),
  };
}

const CHUNK_BYTES = 1024 * 1024;
