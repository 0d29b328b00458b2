import {
  type Archive,
  type ImageDescription,
  type LayerDescription,
  whileUnchanged,
} from '@layers/core/image';
import { rangeChunks } from '@layers/core/io';
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
  { reader, source }: Archive,
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
    archive: source.path,
    chunks: () => whileUnchanged(range.path, rangeChunks(range, CHUNK_BYTES)),
  };
}

const CHUNK_BYTES = 1024 * 1024;
