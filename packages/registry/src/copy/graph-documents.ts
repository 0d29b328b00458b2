import { blobName } from '@layers/core/image';
import { type Descriptor, familiarReference, formatReference, IMAGE_NAME, REF_NAME } from '@layers/core/oci';
import { type ImageGraph, presentBlobsOf } from './image-graph.js';

/** A document of an OCI layout. */
export interface LayoutDocument {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The documents of an image, and its name. */
export type DocumentedGraph = Pick<ImageGraph, 'root' | 'manifests' | 'indexes'> & {
  readonly reference: ImageGraph['reference'] | null;
  /** A tag without a name, as OCI layouts have them: it takes the place of the reference. */
  readonly bareTag?: string;
};

/**
 * Returns the documents of the OCI layout that an image makes, without its blobs: `oci-layout`, `index.json` and manifests.
 * With all platforms, `index.json` names the index of the registry; else the chosen manifest, with what the index says.
 */
export function graphDocuments(graph: DocumentedGraph, all: boolean): readonly LayoutDocument[] {
  const { root, manifests, indexes } = graph;
  const listed = all
    ? [entryOf(root, null)]
    : manifests.map((manifest) => entryOf(manifest, manifest.listed));
  const annotations = nameAnnotations(graph);
  const index = {
    schemaVersion: 2,
    manifests: listed.map((entry) => withAnnotations(entry, annotations)),
  };
  const stored = all ? [...manifests, ...indexes] : manifests;
  return [
    { name: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { name: 'index.json', bytes: Buffer.from(JSON.stringify(index)) },
    ...stored.map(({ digest, bytes }) => ({ name: blobName(digest), bytes })),
  ];
}

/** Returns the blobs of an image that are at hand in the order of its manifests, and the names of their files. */
export function graphBlobs(
  graph: Pick<ImageGraph, 'manifests' | 'absentLayers'>,
): readonly (Descriptor & { readonly name: string })[] {
  return presentBlobsOf(graph).map((blob) => ({ ...blob, name: blobName(blob.digest) }));
}

type Entry = Readonly<Record<string, unknown>>;

function entryOf({ mediaType, digest, bytes }: ImageGraph['root'], listed: Entry | null): Entry {
  return { ...listed, mediaType, digest, size: bytes.length };
}

/** A name of another tool in the index of a registry is not the name of this image. */
function withAnnotations(entry: Entry, annotations: Readonly<Record<string, string>>): Entry {
  const { annotations: given, ...rest } = entry;
  const kept = typeof given === 'object' && given !== null ? { ...given } : {};
  const all = { ...kept, ...annotations };
  return Object.keys(all).length === 0 ? rest : { ...rest, annotations: all };
}

function nameAnnotations({ reference, bareTag }: DocumentedGraph): Readonly<Record<string, string>> {
  if (bareTag !== undefined) return { [REF_NAME]: bareTag };
  if (reference === null || reference.tag === undefined) return {};
  const named = { ...reference, digest: undefined };
  return { [IMAGE_NAME]: formatReference(named), [REF_NAME]: familiarReference(named) };
}
