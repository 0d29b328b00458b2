import { type Image, openImage } from '@layers/core';
import type { Progress } from '@layers/core/image';
import { parseReference, type Reference, withDefaultTag } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { NewImage } from '@layers/rewrite/image';
import type { RegistryClient } from '../client/registry-client.js';
import { type CopiedGraph, copyGraph } from '../copy/copy-graph.js';
import { describeGraph } from '../copy/graph-images.js';
import { graphImagesWithIndex } from '../copy/graph-index.js';
import { graphStream } from '../copy/graph-stream.js';
import { fetchGraph, type ImageGraph, type PlatformChoice, registryPath } from '../copy/image-graph.js';
import { type PushedImage, type PushOptions, pushImages as pushTo } from '../copy/push-images.js';

/**
 * Opens an image of a registry. Reads each layer once, and stores nothing on this machine.
 *
 * @param name such as `alpine:3.20` or `ghcr.io/me/app@sha256:…`
 * @param options `platform` selects an image of an index; the default is that of this machine
 * @throws LayersError ERR_LAYERS_REFERENCE; ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_IMAGE_AMBIGUOUS and ERR_LAYERS_PLATFORM;
 *   ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH and ERR_LAYERS_CREDENTIALS; ERR_LAYERS_BLOB_MISMATCH; and those of `openImage`
 *   of `@layers/core`
 *
 * @example
 * ```ts
 * const image = await openRegistryImage(createRegistryClient(), 'alpine:3.20');
 * console.log(image.tags, image.layers.length);
 * ```
 */
export async function openRegistryImage(
  client: RegistryClient,
  name: string,
  options: Pick<PlatformChoice, 'platform'> & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Image> {
  const graph = await graphOf(client, name, options);
  return openImage(
    { stream: graphStream(graph), path: registryPath(graph) },
    { verify: true, signal: options.signal },
  );
}

/**
 * Returns images of a registry for the writers of `@layers/rewrite` and `@layers/store`. Layers are read from the registry while
 * they are written, and not before.
 *
 * @param name such as `alpine:3.20`
 * @param choice one platform of an index, or all: then they have the index itself, with attestations (`NewImage.index`)
 * @throws LayersError as `openRegistryImage`; ERR_LAYERS_NO_IMAGE for an artifact
 *
 * @example
 * ```ts
 * await loadImages(store, await pullImages(client, 'alpine:3.20'));
 * ```
 */
export async function pullImages(
  client: RegistryClient,
  name: string,
  choice: PlatformChoice = {},
): Promise<readonly NewImage[]> {
  return graphImagesWithIndex(await describeGraph(await graphOf(client, name, choice)), choice);
}

/**
 * Pushes images: blobs first, several at once, then manifests. Several images become an index of platforms; those of
 * `pullImages` with all platforms keep the index that they have. A blob that the repository has is not sent.
 *
 * @param name with a tag, such as `localhost:5000/app:1`; the default tag is `latest`
 * @param images planned by `repackImage` and other functions of `@layers/rewrite`
 * @throws LayersError ERR_LAYERS_REFERENCE; ERR_LAYERS_USAGE for images of several indexes; ERR_LAYERS_REGISTRY_WRITE, ERR_LAYERS_REGISTRY_AUTH and ERR_LAYERS_CREDENTIALS; what
 *   the layers throw
 *
 * @example
 * ```ts
 * const image = await squashImage(await openImage('app.tar'));
 * await pushImages(client, 'localhost:5000/app:1', [image]);
 * ```
 */
export function pushImages(
  client: RegistryClient,
  name: string,
  images: readonly NewImage[],
  options: Pick<PushOptions, 'signal' | 'onProgress' | 'mountFrom'> = {},
): Promise<PushedImage> {
  const reference = tagged(name);
  return pushTo(client.repository(reference), reference.tag, images, {
    ...options,
    onFailure: (error) => client.stop(error),
  });
}

/** How to copy an image. */
export interface CopyImageOptions extends PlatformChoice {
  /** The client of the target. Default: that of the source. */
  readonly to?: RegistryClient | undefined;
  /** Counts bytes of blobs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Copies an image between registries, or within one, byte for byte and without a temporary file. Without `platform`, an index
 * is copied with all platforms.
 *
 * @throws LayersError as `openRegistryImage`; ERR_LAYERS_REGISTRY_WRITE
 *
 * @example
 * ```ts
 * await copyImage(client, 'alpine:3.20', 'localhost:5000/alpine:3.20');
 * ```
 */
export async function copyImage(
  client: RegistryClient,
  source: string,
  target: string,
  { platform, to = client, onProgress }: CopyImageOptions = {},
): Promise<CopiedGraph> {
  const all = platform === undefined;
  const reference = tagged(target);
  const graph = await graphOf(client, source, { platform, all });
  const root = all ? graph.root : (graph.manifests[0] ?? graph.root);
  return copyGraph(graph, root, to.repository(reference), reference.tag, {
    onProgress,
    onFailure(error) {
      client.stop(error);
      to.stop(error);
    },
  });
}

function graphOf(client: RegistryClient, name: string, choice: PlatformChoice): Promise<ImageGraph> {
  const reference = withDefaultTag(parseReference(name));
  return fetchGraph(client.repository(reference), reference, choice);
}

function tagged(name: string): Reference & { readonly tag: string } {
  const { tag, digest, ...place } = withDefaultTag(parseReference(name));
  if (tag !== undefined && digest === undefined) return { ...place, tag, digest };
  throw new LayersError(
    'ERR_LAYERS_REFERENCE',
    `${JSON.stringify(name)} has a digest, which follows from the image`,
    {
      hint: 'push to a tag',
    },
  );
}
