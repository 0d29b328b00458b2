import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';
import { type Descriptor, isNonDistributable, parseJson, parseManifest } from '@layers/core/oci';
import type { NewImage } from '@layers/rewrite/image';

/** The manifests of an image. */
type Manifests = readonly { readonly document: { readonly layers: readonly Layer[] } }[];

type Layer = Pick<Descriptor, 'digest' | 'mediaType' | 'urls'>;

/** Finds layers that registries do not get, because they are not distributable; docker push skips them too. */
export function findUnsentLayers(name: string, manifests: Manifests): Finding[] {
  return findLayers(name, manifests, ({ mediaType }) => isNonDistributable(mediaType), 'is not sent');
}

/** As {@link findUnsentLayers}, of images that are written. */
export function findUnsentLayersOf(
  name: string,
  images: readonly Pick<NewImage, 'layers' | 'manifest'>[],
): Finding[] {
  return findUnsentLayers(
    name,
    images.map((image) => ({ document: { layers: layersOf(image) } })),
  );
}

function layersOf({ layers, manifest }: Pick<NewImage, 'layers' | 'manifest'>): readonly Layer[] {
  if (manifest !== null)
    return parseManifest(parseJson(manifest.bytes, 'the manifest'), 'the manifest').layers;
  return layers.flatMap((layer) =>
    layer.kind === 'existing' ? [{ ...layer, urls: urlsOf(layer.descriptor) }] : [],
  );
}

function urlsOf(fields: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const urls = fields?.['urls'];
  return Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [];
}

/** Finds layers that the source lacks, because they are not distributable. */
export function findAbsentLayers(
  name: string,
  manifests: Manifests,
  absentLayers: ReadonlySet<Digest>,
): Finding[] {
  return findLayers(name, manifests, ({ digest }) => absentLayers.has(digest), 'is left out');
}

function findLayers(
  name: string,
  manifests: Manifests,
  isMeant: (layer: Layer) => boolean,
  what: string,
): Finding[] {
  const layers = new Map<Digest, Layer>();
  for (const { document } of manifests)
    for (const layer of document.layers) if (isMeant(layer)) layers.set(layer.digest, layer);
  return [...layers.values()].map(({ digest, urls }) => {
    const [url] = urls;
    const place = url === undefined ? '' : `; its descriptor says that it is at ${url}`;
    return createFinding(
      'layer-not-distributable',
      `${name}: the layer ${digest} is not distributable, and ${what}${place}`,
    );
  });
}
