import type { Ignorable } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { findImage, openStoredArchive } from '@layers/store/images';
import { loadImages } from '@layers/store/load';
import { userStore } from '../input/stored-input.js';
import type { Session } from '../session.js';
import { compareWritten } from './read-back.js';
import type { WorkOptions } from './write-progress.js';

/** Loads images into the store, as `layers load` does. A name moves to the new image. Throws as `loadImages` does. */
export function writeToStore(
  images: readonly NewImage[],
  session: Session,
  { signal, onProgress, onFailure }: WorkOptions,
): Promise<readonly WrittenImage[]> {
  return loadImages(userStore(session, true), images, { signal, onProgress, onFailure });
}

/** Returns whether the root file systems of written images are unchanged. Throws as `compareWritten` does. */
export async function readBackFromStore(
  before: readonly ReadImage[],
  results: readonly WrittenImage[],
  check: readonly Ignorable[],
  session: Session,
  options: WorkOptions,
): Promise<boolean | null> {
  const store = userStore(session);
  const found = results.map(({ id, manifestDigest }) => findImage(store, manifestDigest ?? id));
  const archive = await openStoredArchive(store, found, options);
  return compareWritten(before, results, archive, check, options);
}
