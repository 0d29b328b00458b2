import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '@layers/core/digest';
import type { NewImage, NewLayer } from '@layers/rewrite/image';
import { existingLayer, imageOf, tarOf } from '@layers/testing/new-images';
import { blobPath } from '../../src/blobs/blob-file.ts';
import {
  type LoadedImage,
  type LoadOptions,
  listImages,
  loadImages,
  openStore,
  type Store,
} from '../../src/index.ts';

export { existingLayer, imageOf, tarOf };

let stores = 0;

/** Creates a store without images, in a new directory below `folder`. */
export function newStore(folder: string): Store {
  return openStore(join(folder, `store-${stores++}`), { create: true });
}

/** Returns an image with these tags, and an uncompressed layer for each name. */
export function image(names: readonly string[], tags: readonly string[], author = names.join(' ')): NewImage {
  return imageOf(
    names.map((name) => existingLayer(tarOf(name))),
    { tags, author },
  );
}

/** Returns an image with these layers. */
export function imageWith(
  layers: readonly NewLayer[],
  changes: Partial<NewImage> & { author?: string } = {},
): NewImage {
  return imageOf(layers, changes);
}

export function load(
  store: Store,
  images: readonly NewImage[],
  options: Partial<LoadOptions> = {},
): Promise<readonly LoadedImage[]> {
  return loadImages(store, images, options);
}

/** Returns the ids of images by their names. Images without a name have the key `<none>` and their digest. */
export function namesIn(store: Store): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { id, refs, manifestDigest } of listImages(store)) {
    for (const ref of refs.length > 0 ? refs : [`<none> ${manifestDigest}`]) names[ref] = id ?? 'unreadable';
  }
  return names;
}

/** Returns the digest of the layer that `image` creates for a name. */
export const layerOf = (name: string): Digest => digestOf(tarOf(name));

export const readIndex = (store: Store): { manifests: Record<string, unknown>[] } & Record<string, unknown> =>
  JSON.parse(readFileSync(join(store.path, 'index.json'), 'utf8'));

export const writeIndex = (store: Store, index: unknown): void =>
  writeIndexText(store, JSON.stringify(index));

/** Writes `index.json` with an old modification time, because a recent file that is invalid may be incomplete. */
export function writeIndexText(store: Store, text: string): void {
  const path = join(store.path, 'index.json');
  writeFileSync(path, text, 'latin1');
  const then = Date.now() / 1000 - 60;
  utimesSync(path, then, then);
}

/** Writes a document to a store as another tool does, and returns its descriptor. */
export function putBlob(
  store: Store,
  content: unknown,
  mediaType: string,
): { mediaType: string; digest: Digest; size: number } {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const digest = digestOf(bytes);
  writeFileSync(blobPath(store, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Changes bytes of a blob, but not its size. */
export function damage(store: Store, digest: Digest): void {
  const path = blobPath(store, digest);
  const bytes = readFileSync(path);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
