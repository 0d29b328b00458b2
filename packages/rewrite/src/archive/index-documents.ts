import { descriptorPlatform, OCI_INDEX } from '@layers/core/oci';
import type { NewImage, NewIndex } from '../image/new-image.js';
import {
  type Document,
  descriptorOf,
  documentOf,
  type ImageDocuments,
  jsonBytes,
} from './image-documents.js';

/** What `index.json` names: an image, or an index of images for several platforms. */
export interface NamedDocuments {
  /** The index; the manifest of an image without one. */
  readonly root: Document;
  /** The indexes below `root`. */
  readonly nested: readonly Document[];
  /** One image, or those of the index. */
  readonly images: readonly ImageDocuments[];
}

/** Groups images by their index, in order (OCI image-index.md). */
export function namedDocuments(all: readonly ImageDocuments[]): readonly NamedDocuments[] {
  const groups = new Map<NewIndex | ImageDocuments, ImageDocuments[]>();
  for (const documents of all) {
    const key = documents.image.index ?? documents;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [documents]);
    else group.push(documents);
  }
  return [...groups.values()].flatMap((images): NamedDocuments | [] => {
    const [first] = images;
    if (first === undefined) return [];
    const { index } = first.image;
    if (index === undefined) return { root: first.manifest, nested: [], images };
    const { original, nested } = index;
    const root = original === null ? generatedIndex(images) : documentOf(original.mediaType, original.bytes);
    return { root, nested: nested.map(({ mediaType, bytes }) => documentOf(mediaType, bytes)), images };
  });
}

/** Returns a new index of images for several platforms. */
export function generatedIndex(images: readonly ImageDocuments[]): Document {
  const manifests = images.map(({ manifest, image }) => descriptorWithPlatform(manifest, image));
  return documentOf(OCI_INDEX, jsonBytes({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
}

/** Returns the descriptor of a manifest with the platform of its image. */
export function descriptorWithPlatform(manifest: Document, { platform }: Pick<NewImage, 'platform'>): object {
  const declared = platform === null ? null : descriptorPlatform(platform);
  return { ...descriptorOf(manifest), ...(declared === null ? {} : { platform: declared }) };
}
