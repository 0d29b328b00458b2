import type { Digest } from '@layers/core/digest';
import type { Archive, LayerCache } from '@layers/core/image';
import { isIndex, tryParseReference } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import {
  asBlobError,
  createImageFinder,
  type FoundImage,
  findDescriptor,
  findImage,
  listNames,
  openStoredArchive,
} from '@layers/store/images';
import { openStore, type Store, storePath } from '@layers/store/layout';
import { type Lease, openLease } from '@layers/store/lease';
import { CommandError } from '../command-error.js';
import type { Session } from '../session.js';
import { missing, storeReference } from './image-name.js';
import { nearestNames } from './nearest-names.js';
import type { ImageChoice, StoredSource } from './open-input.js';
import type { Resources } from './resources.js';
import { storedIndex } from './stored-index.js';

/** Selects one of the images of the store that have one name. */
type Choice = Pick<ImageChoice, 'platform' | 'allPlatforms'>;

/** Opens the store of this user; without `create` a missing store is an empty one. Throws ERR_LAYERS_STORE. */
export function userStore({ env }: Pick<Session, 'env'>, create = false): Store {
  return openStore(storePath(env), { create });
}

/**
 * Opens one image of the store, or all its platforms, as an archive without other images. Other processes cannot remove its blobs until the
 * resources are closed.
 *
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND or ERR_LAYERS_INPUT_MISSING if neither the store nor the file system
 * has the name, ERR_LAYERS_IMAGE_AMBIGUOUS, ERR_LAYERS_STORE, ERR_LAYERS_STORE_BLOB
 */
export async function storedArchive(
  source: StoredSource,
  choice: Choice,
  resources: Resources,
  cache?: LayerCache,
): Promise<Archive> {
  const store = userStore(resources.session);
  const { signal } = resources.session;
  const lease = heldLease(store, resources);
  const image = pinned(
    store,
    lease,
    () => inputImage(store, source, choice),
    (found) => [found],
  );
  resources.explainWith((error) => asBlobError(store, error));
  const images =
    choice.allPlatforms === true ? await platformsOf(store, source.reference, image, lease) : [image];
  return openStoredArchive(store, images, { signal, cache });
}

/** Returns the images of the index that a name refers to, or that has the image of an id, with the names that all of them have. */
async function platformsOf(
  store: Store,
  reference: string,
  image: FoundImage,
  lease: Lease,
): Promise<readonly FoundImage[]> {
  const digest = indexOf(store, reference, image);
  if (digest === undefined) return [image];
  const { images } = await storedIndex(store, digest, image, lease);
  const refs = image.refs.filter((ref) => images.every((other) => other.refs.includes(ref)));
  return images.map((other) => ({ ...other, refs }));
}

/** Returns the index of all platforms of an image; undefined for an image without one. */
export function indexOf(store: Store, reference: string, image: FoundImage): Digest | undefined {
  const { digest, mediaType } = findDescriptor(store, reference);
  return isIndex(mediaType) ? digest : image.indexDigests[0];
}

/** Opens a lease that is released with the resources. */
export function heldLease(store: Store, resources: Resources): Lease {
  const { lease, release } = openLease(store);
  resources.defer(release);
  return lease;
}

/** The number of attempts to find an image that changes before its blobs are pinned. */
const ATTEMPTS = 5;

/**
 * Finds images and pins their blobs, so that they still exist once they are pinned.
 *
 * @throws LayersError what `find` throws; ERR_LAYERS_STORE_LOCKED where it finds others every time
 */
export function pinned<Found>(
  store: Store,
  lease: Lease,
  find: () => Found,
  imagesOf: (found: Found) => readonly FoundImage[],
): Found {
  let found = find();
  if (lease.directory === null) return found;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const images = imagesOf(found);
    lease.pin(images.flatMap(blobsOf));
    found = find();
    const again = imagesOf(found);
    const isSame =
      again.length === images.length &&
      again.every(({ manifestDigest }, i) => manifestDigest === images[i]?.manifestDigest);
    if (isSame) return found;
  }
  throw new CommandError('ERR_LAYERS_STORE_LOCKED', 'the image changes whenever it is looked up', {
    archive: store.path,
    hint: 'try again when no other process changes it',
  });
}

function blobsOf({ id, manifestDigest, indexDigests, layers }: FoundImage): Digest[] {
  const own = [...indexDigests, manifestDigest, ...layers.map(({ digest }) => digest)];
  return id === null ? own : [...own, id];
}

/** Returns the image of a reference. Throws as `findImage` does, with a hint about the names in the store. */
export function foundImage(store: Store, reference: string, platform: string | undefined): FoundImage {
  return explained(store, reference, platform, () => findImage(store, reference, platform));
}

/** Returns a function that finds many images as `foundImage` does. It reads the index once. */
export function imageFinder(store: Store, platform: string | undefined): (reference: string) => FoundImage {
  const find = createImageFinder(store);
  return (reference) => explained(store, reference, platform, () => find(reference, platform));
}

function explained(
  store: Store,
  reference: string,
  platform: string | undefined,
  find: () => FoundImage,
): FoundImage {
  try {
    return find();
  } catch (error) {
    if (!isUnknownImage(error) || (platform !== undefined && isKnown(store, reference))) throw error;
    throw new CommandError('ERR_LAYERS_IMAGE_NOT_FOUND', `no such image in the store: ${reference}`, {
      hint: loadingHint(store, reference),
      cause: error,
    });
  }
}

/** Finds the image of an input. Without `store:`, the name could also be that of a file. */
function inputImage(store: Store, { reference: name, path }: StoredSource, { platform }: Choice): FoundImage {
  if (storeReference(path) !== null) return foundImage(store, name, platform);
  try {
    return findImage(store, name, platform);
  } catch (error) {
    const isUnknown =
      isUnknownImage(error) || (isLayersError(error) && error.code === 'ERR_LAYERS_REFERENCE');
    // If the name is known, the platform is missing.
    if (!isUnknown || (platform !== undefined && isKnown(store, name))) throw error;
    const parsed = { kind: 'path', transport: null, candidates: [{ path: name, image: null }] } as const;
    throw missing(name, parsed, loadingHint(store, name));
  }
}

function isUnknownImage(error: unknown): boolean {
  return isLayersError(error) && error.code === 'ERR_LAYERS_IMAGE_NOT_FOUND';
}

function isKnown(store: Store, name: string): boolean {
  try {
    findImage(store, name);
    return true;
  } catch (error) {
    return isLayersError(error) && error.code === 'ERR_LAYERS_IMAGE_AMBIGUOUS';
  }
}

/** Returns a hint for a name that the store does not have. */
export function loadingHint(store: Store, name: string): string {
  const load = 'layers load -i FILE loads an archive, docker save IMAGE | layers load an image of Docker';
  const reference = tryParseReference(name);
  if (reference !== undefined && reference.domain !== 'docker.io')
    return `write docker://${name} for the image in the registry; layers images lists the images of the store`;
  const names = listNames(store);
  if (names.length === 0) return `the store is empty: ${load}`;
  // The image may itself be named `store`.
  if (names.includes(`store:${name}`)) return `write store:store:${name} for the image store:${name}`;
  const nearest = nearestNames(name, names);
  if (nearest.length === 0) return `layers images lists the images of the store; ${load}`;
  return `the store has ${nearest.join(', ')}; ${load}`;
}
