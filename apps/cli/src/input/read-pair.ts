import type { Archive, ImageDescription, ReadOptions } from '@layers/core/image';

import { usageError } from '../command-error.js';
import { withSelectionNames } from '../output/hints.js';
import type { Inputs } from './inputs.js';
import { chooseImage, findInput, type ImageChoice, type Input } from './open-input.js';
import type { Opened, Reading } from './reading.js';

/** An image of an archive that is open. */
export interface ChosenImage {
  readonly archive: Archive;
  readonly image: ImageDescription;
}

export interface ChosenPair {
  readonly a: ChosenImage;
  readonly b: ChosenImage;
  readonly options: ReadOptions;
  /** Call it before any output. */
  readonly endProgress: () => void;
}

/** The names of two archives; without the second, both images are in the first. */
export interface PairNames {
  readonly a: string;
  readonly b: string | undefined;
}

/** Selects an image of each archive. */
export interface PairChoice {
  readonly a: ImageChoice;
  readonly b: ImageChoice;
}

/**
 * Opens the archives that two names mean, one after the other, and finds the chosen images. Without the second name the
 * images are two of one archive, which is then opened once.
 *
 * @throws LayersError those of naming and opening; ERR_LAYERS_USAGE where both are standard input
 */
export async function openPair(
  names: PairNames,
  choice: PairChoice,
  reading: Reading,
  inputs: Inputs,
): Promise<ChosenPair> {
  const { session } = inputs;
  const inputA = findInput(names.a, choice.a, session);
  const nameB = names.b ?? otherPlatform(names.a, inputA, choice);
  const inputB = nameB === undefined ? null : findInput(nameB, choice.b, session);
  if (inputB !== null && isSameStream(inputA, inputB)) {
    throw usageError(
      'both archives are standard input, which can be read only once',
      'name a file for one of them, or in bash <(…)',
    );
  }
  if (inputB !== null && reading.listed === true && !inputs.readsAll) {
    const { openComparedPair } = await import('./compared-inputs.js');
    const pair = [
      { input: inputA, choice: choice.a },
      { input: inputB, choice: choiceOfB(choice) },
    ] as const;
    const opened = await openComparedPair(...pair, reading, inputs);
    if (opened !== null) return pairOf(opened.a, opened.b, choice);
  }
  const openA = await inputs.open(inputA, choice.a, reading);
  if (inputB === null) {
    const image = choice.b.image ?? inputA.image;
    return pairOf(openA, { ...openA, input: { ...inputA, image } }, choice);
  }
  openA.endProgress();
  return pairOf(openA, await inputs.open(inputB, choiceOfB(choice), reading), choice);
}

function choiceOfB({ a, b }: PairChoice): ImageChoice {
  const platform = b.platform ?? a.platform;
  return platform === undefined ? {} : { platform };
}

function pairOf(openA: Opened, openB: Opened, choice: PairChoice): ChosenPair {
  const { archive, options, endProgress } = openB;
  const a = { archive: openA.archive, image: chooseImage(openA.archive, openA.input, choice.a) };
  const image = openB.input.image ?? (archive.images.length > 1 ? choice.a.image : undefined);
  try {
    const b = { archive, image: chooseImage(archive, { ...openB.input, image }, choiceOfB(choice)) };
    return { a, b, options, endProgress };
  } catch (error) {
    throw withSelectionNames(error, { image: '--image-b', platform: '--platform-b' });
  }
}

/** Returns A's name for B too if A is in the store, where each platform is an archive of its own. */
function otherPlatform(name: string, { source }: Input, { b }: PairChoice): string | undefined {
  return 'reference' in source && b.platform !== undefined ? name : undefined;
}

function isSameStream({ source: a }: Input, { source: b }: Input): boolean {
  return 'stream' in a && 'stream' in b && a.stream === b.stream;
}
