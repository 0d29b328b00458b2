import type { Archive } from '@layers/core/image';
import { familiarReference, isAttestation, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { LayoutGraph } from '@layers/registry/copy';
import { asBlobError, type FoundImage, findDescriptor, openStoredArchive } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import type { Resources } from './resources.js';
import { foundImage, heldLease, pinned } from './stored-input.js';

/** An image of the store as it is: an index with its manifests, or one manifest. */
export interface StoredGraph {
  readonly graph: LayoutGraph;
  /** The image for this machine or the chosen platform. */
  readonly image: FoundImage;
  readonly archive: Archive;
  /** The platforms of the index that are not in `graph`. */
  readonly leftOut: LayoutGraph['absent'];
}

/**
 * Opens an image of the store to copy it as it is: all platforms of an index, unless one is chosen. An index whose platforms
 * the store does not have completely cannot be written: the platform for this machine is meant then.
 */
export async function storedGraph(
  store: Store,
  reference: string,
  platform: string | undefined,
  resources: Resources,
): Promise<StoredGraph> {
  const { layoutGraph } = await import('@layers/registry/copy');
  const lease = heldLease(store, resources);
  const image = pinned(
    store,
    lease,
    () => foundImage(store, reference, platform),
    (found) => [found],
  );
  resources.explainWith((error) => asBlobError(store, error));
  const archive = await openStoredArchive(store, [image], { signal: resources.session.signal });
  const { reader } = archive;
  const whole = layoutGraph(reader, findDescriptor(store, reference, platform).digest);
  lease.pin([...whole.manifests, ...whole.indexes].map(({ digest }) => digest));
  lease.pin(
    whole.manifests.flatMap(({ document: { config, layers } }) =>
      [config, ...layers].map(({ digest }) => digest),
    ),
  );
  if (whole.absent.length === 0) return { graph: whole, image, archive, leftOut: [] };
  const graph = layoutGraph(reader, image.manifestDigest);
  return { graph, image, archive, leftOut: otherPlatforms(whole, image) };
}

/** Returns the images of an index besides one. */
export function otherPlatforms(
  { absent, present }: LayoutGraph,
  { manifestDigest }: FoundImage,
): LayoutGraph['absent'] {
  return [...present, ...absent].filter(
    (descriptor) => descriptor.digest !== manifestDigest && !isAttestation(descriptor),
  );
}

/** Returns the name of an image of the store as docker shows it; null for an id. */
export function storedName({ refs }: FoundImage, text: string): string | null {
  if (refs.includes(text)) return text;
  const reference = tryParseReference(text);
  const name = reference === undefined ? null : familiarReference(withDefaultTag(reference));
  return name !== null && refs.includes(name) ? name : null;
}
