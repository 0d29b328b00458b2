import type { ImageDescription } from '../image/describe/description.js';
import type { Archive } from '../image/open-archive.js';
import { declaredBytes } from './declared-bytes.js';
import { type ImageListDocument, type ImageListItem, SCHEMA_VERSION } from './documents.js';
import { platformFields } from './image-info.js';

/** Lists the images of an archive, then those that cannot be read, then the artifacts. Reads no layers. */
export function imageListDocument(archive: Archive): ImageListDocument {
  const { images, unreadable, artifacts, source, findings } = archive;
  const items: readonly Omit<ImageListItem, 'number'>[] = [
    ...images.map(imageItem),
    ...unreadable.map(({ tags, platform, manifestDigest, error }) => ({
      ...NO_IMAGE,
      manifestDigest,
      tags,
      platform: platformFields(platform),
      problem: error.message,
    })),
    ...artifacts.map(({ tags, manifestDigest, artifact, image }) => ({
      ...NO_IMAGE,
      id: image?.id ?? null,
      manifestDigest,
      tags,
      platform: platformFields(image?.platform ?? null),
      layers: artifact.layers.length,
      storedBytes: image === null ? null : storedBytesOf(image.layers),
      artifact: artifact.kind,
    })),
  ];
  return {
    schemaVersion: SCHEMA_VERSION,
    source,
    images: items.map((item, i) => ({ number: `#${i + 1}`, ...item })),
    findings,
  };
}

const NO_IMAGE = {
  id: null,
  created: null,
  layers: 0,
  storedBytes: null,
  artifact: null,
  problem: null,
};

function imageItem(image: ImageDescription): Omit<ImageListItem, 'number'> {
  const { id, manifestDigest, tags, platform, config, layers } = image;
  return {
    ...NO_IMAGE,
    id,
    manifestDigest,
    tags,
    platform: platformFields(platform),
    created: config.created ?? null,
    layers: layers.length,
    storedBytes: storedBytesOf(layers),
  };
}

function storedBytesOf(layers: ImageDescription['layers']): number | null {
  return layers.reduce<number | null>((sum, layer) => {
    const bytes = declaredBytes(layer);
    return sum === null || bytes === null ? null : sum + bytes;
  }, 0);
}
