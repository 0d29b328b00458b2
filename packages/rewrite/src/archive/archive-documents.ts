import { hexOf } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { IMAGE_NAME, OCI_INDEX, type Platform, REF_NAME } from '@layers/core/oci';
import type { NewImage, NewLayer, WrittenImage } from '../image/new-image.js';
import { descriptorOf, type ImageDocuments, imageDocuments, jsonBytes } from './image-documents.js';
import type { FactsOf } from './layer-facts.js';

/**
 * `hybrid` is an OCI layout with a `manifest.json` beside, which every loader takes; `docker` is what `docker save`
 * wrote until version 24, without the parts that nothing reads any more; `oci` is an OCI layout in a tar, `oci-dir`
 * one in a folder.
 */
export type ArchiveFormat = 'hybrid' | 'docker' | 'oci' | 'oci-dir';

/** Everything that an archive or layout holds, in order, each name once. */
export interface ArchiveDocuments {
  readonly documents: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** They follow the documents. */
  readonly layers: readonly { readonly name: string; readonly size: number; readonly layer: NewLayer }[];
  readonly images: readonly WrittenImage[];
}

/** Composes the documents of an archive. Pure. Throws as `imageDocuments` does. */
export function archiveDocuments(
  images: readonly NewImage[],
  format: ArchiveFormat,
  factsOf: FactsOf,
): ArchiveDocuments {
  const all = images.map((image) => imageDocuments(image, format !== 'docker', factsOf));
  const names = format === 'docker' ? DOCKER_NAMES : LAYOUT_NAMES;
  const documents = new Map<string, Uint8Array>();
  if (format !== 'docker') {
    documents.set('oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' }));
    documents.set('index.json', jsonBytes(indexOf(all)));
  }
  if (format === 'docker' || format === 'hybrid') {
    documents.set('manifest.json', jsonBytes(all.map((image) => dockerEntryOf(image, names))));
  }
  if (format !== 'docker')
    for (const { manifest } of all) documents.set(blobName(manifest.digest), manifest.bytes);
  for (const image of all) documents.set(names.config(image), image.config.bytes);
  const layers = new Map<string, ArchiveDocuments['layers'][number]>();
  for (const layer of all.flatMap((image) => image.layers)) {
    const name = names.layer(layer);
    if (!documents.has(name) && !layers.has(name))
      layers.set(name, { name, size: layer.size, layer: layer.layer });
  }
  return {
    documents: [...documents].map(([name, bytes]) => ({ name, bytes })),
    layers: [...layers.values()],
    images: all.map((image) => writtenImage(image, format)),
  };
}

interface Names {
  config(image: ImageDocuments): string;
  layer(layer: ImageDocuments['layers'][number]): string;
}

const LAYOUT_NAMES: Names = {
  config: ({ config }) => blobName(config.digest),
  layer: ({ digest }) => blobName(digest),
};

/** containerd wants clean names of regular files, c/image one name a DiffID, and all tell compression by content. */
const DOCKER_NAMES: Names = {
  config: ({ config }) => `${hexOf(config.digest)}.json`,
  layer({ digest, mediaType }) {
    const ending = mediaType.endsWith('gzip') ? '.gz' : mediaType.endsWith('zstd') ? '.zst' : '';
    return `${hexOf(digest)}.tar${ending}`;
  },
};

/** A descriptor for each tag, since one can carry one name only (OCI image-index.md, annotations.md). */
function indexOf(images: readonly ImageDocuments[]): object {
  const manifests = images.flatMap(({ image, manifest, tags }) => {
    const descriptor = {
      ...descriptorOf(manifest),
      ...(image.platform === null ? {} : { platform: platformOf(image.platform) }),
    };
    if (tags.length === 0) return [descriptor];
    return tags.map(({ qualified, reference }) => ({
      ...descriptor,
      annotations: {
        ...(qualified === null ? {} : { [IMAGE_NAME]: qualified }),
        [REF_NAME]: reference,
      },
    }));
  });
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
}

function platformOf({ architecture, os, osVersion, variant }: Platform): object {
  return {
    architecture,
    os,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(variant === undefined ? {} : { variant }),
  };
}

function dockerEntryOf(image: ImageDocuments, names: Names): object {
  return {
    Config: names.config(image),
    RepoTags: image.tags.flatMap(({ familiar }) => familiar ?? []),
    Layers: image.layers.map(names.layer),
  };
}

function writtenImage(
  { config, manifest, layers, tags }: ImageDocuments,
  format: ArchiveFormat,
): WrittenImage {
  return {
    id: config.digest,
    manifestDigest: format === 'docker' ? null : manifest.digest,
    tags: tags.flatMap(({ familiar, reference }) => familiar ?? (format === 'docker' ? [] : reference)),
    layers: layers.map(({ layer: _, ...written }) => written),
  };
}
