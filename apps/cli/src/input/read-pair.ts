import type { Archive, ImageDescription, ReadOptions } from '@layers/core/image';

import { usageError } from '../command-error.js';
import type { DiffFlags } from '../flags/diff-request.js';
import { withSelectionNames } from '../output/hints.js';
import type { Session } from '../program/session.js';
import { chooseImage, findInput, type Input } from './open-input.js';
import { type Opened, type Reading, withArchive } from './read.js';

/** An image of an archive that is open. */
export interface ChosenImage {
  readonly archive: Archive;
  readonly image: ImageDescription;
}

export interface ChosenPair {
  readonly a: ChosenImage;
  readonly b: ChosenImage;
  readonly options: ReadOptions;
  /** To be called before anything is written. */
  readonly endProgress: () => void;
}

/**
 * Opens the archives that two names mean, one after the other, and works with the images that the flags choose; with
 * the second name left out, with two of one archive, which is then opened once.
 *
 * @throws LayersError those of naming and opening; ERR_LAYERS_USAGE where both are standard input
 */
export async function withPair<Result>(
  names: { readonly a: string; readonly b: string | undefined },
  flags: DiffFlags,
  session: Session,
  reading: Reading,
  work: (pair: ChosenPair) => Promise<Result>,
): Promise<Result> {
  const inputA = findInput(names.a, flags, session);
  const nameB = names.b ?? otherPlatform(names.a, inputA, flags);
  const inputB = nameB === undefined ? null : findInput(nameB, flagsOfB(flags), session);
  if (inputB !== null && isSameStream(inputA, inputB)) {
    throw usageError(
      'both archives are standard input, which can be read only once',
      'name a file for one of them, or in bash <(…)',
    );
  }
  return withArchive(inputA, flags, session, reading, async (openA) => {
    if (inputB === null) {
      return work(
        pairOf(openA, { ...openA, input: { ...inputA, image: flags.imageB ?? inputA.image } }, flags),
      );
    }
    openA.endProgress();
    return withArchive(inputB, withPlatformOfB(flags), session, reading, (openB) =>
      work(pairOf(openA, openB, flags)),
    );
  });
}

function pairOf(openA: Opened, openB: Opened, flags: DiffFlags): ChosenPair {
  const { archive, options, endProgress } = openB;
  const a = { archive: openA.archive, image: chooseImage(openA.archive, openA.input, flags) };
  const image = openB.input.image ?? (archive.images.length > 1 ? flags.image : undefined);
  const platform = flags.platformB ?? flags.platform;
  try {
    const flagsB = platform === undefined ? {} : { platform };
    const b = { archive, image: chooseImage(archive, { ...openB.input, image }, flagsB) };
    return { a, b, options, endProgress };
  } catch (error) {
    throw withSelectionNames(error, { image: '--image-b', platform: '--platform-b' });
  }
}

/** Of the store, an archive has one image: another platform of it is in another one. */
function otherPlatform(name: string, { source }: Input, { platformB }: DiffFlags): string | undefined {
  return 'reference' in source && platformB !== undefined ? name : undefined;
}

function withPlatformOfB(flags: DiffFlags): DiffFlags {
  return flags.platformB === undefined ? flags : { ...flags, platform: flags.platformB };
}

/** What is said of B's name: that of A's image is but a fallback. */
function flagsOfB({ image: _, imageB, ...flags }: DiffFlags): DiffFlags {
  return imageB === undefined ? flags : { ...flags, image: imageB };
}

function isSameStream({ source: a }: Input, { source: b }: Input): boolean {
  return 'stream' in a && 'stream' in b && a.stream === b.stream;
}
