import { tmpdir } from 'node:os';
import { createFinding, type Finding } from '@layers/core/findings';
import {
  type Archive,
  type ImageDescription,
  type ReadImage,
  type ReadOptions,
  readImage,
} from '@layers/core/image';
import { type ErrorCode, isLayersError, type LayersError, withContext } from '@layers/errors';
import { copiedImage, repackedImage } from '@layers/rewrite/change';
import { findingsOf, type LayerCompression, type NewImage } from '@layers/rewrite/image';
import { CommandError } from '../command-error.js';
import type { Session } from '../session.js';
import { withIndexes } from './archive-index.js';
import { chosenTags } from './chosen-tags.js';
import { isReadOnce, openDecompressed } from './decompressed-input.js';
import type { Inputs } from './inputs.js';
import { areWhole, imagesToLoad, type PlatformChoice } from './load-platforms.js';
import { checkTransport, findInput, type ImageChoice, type Input } from './open-input.js';
import type { Opened } from './reading.js';

/** Which images of an archive are loaded, and how. */
export interface LoadChoice extends PlatformChoice {
  /** How uncompressed layers are compressed. */
  readonly compress?: 'gzip' | 'zstd';
}

/** Finds the input of `load`; `-` is standard input. Throws ERR_LAYERS_TERMINAL. */
export function loadInput(name: string, choice: ImageChoice, session: Session): Input {
  if (name === '-' && session.stdin.isTTY === true) {
    throw new CommandError('ERR_LAYERS_TERMINAL', 'standard input is a terminal: no archive to read', {
      hint: 'name a file: layers load -i FILE, or pipe: docker save IMAGE | layers load',
    });
  }
  return findInput(name, choice, session);
}

/**
 * Opens an archive to read all of it. An input that can be read only once is decompressed into `folder`.
 *
 * @param folder the directory of temporary files; null for that of the system
 */
export async function openWholeArchive(
  input: Input,
  folder: string | null,
  choice: ImageChoice,
  inputs: Inputs,
): Promise<Opened> {
  if (!isReadOnce(input)) return inputs.open(input, choice, { contents: true });
  const { options, endProgress } = inputs.start(input);
  const archive = await openDecompressed(input, folder ?? tmpdir(), options, inputs);
  checkTransport(archive.source, input.transport);
  return { archive, input, options, endProgress };
}

/** Images to load, and the findings about them. */
export interface ChosenImages {
  readonly images: readonly NewImage[];
  /** What the images were read from, in the same order. */
  readonly read: readonly ReadImage[];
  readonly findings: readonly Finding[];
  /** Whether an image of the archive was left out, because it cannot be read. */
  readonly isIncomplete: boolean;
}

/** Reads the images to load: all that can be read, if none is chosen. Throws the error of the first one if none can be. */
export async function chosenImages(opened: Opened, choice: LoadChoice): Promise<ChosenImages> {
  const { archive, input, options, endProgress } = opened;
  const planned: { readonly image: NewImage; readonly description: ImageDescription }[] = [];
  const read: ReadImage[] = [];
  const findings = new Set<Finding>();
  const failures: LayersError[] = [];
  const descriptions = imagesToLoad(opened, choice);
  for (const description of descriptions) {
    try {
      const { image, before } = await newImageOf(archive, description, choice.compress, options);
      planned.push({ image: { ...image, tags: chosenTags(description, input) ?? image.tags }, description });
      read.push(before);
      for (const finding of findingsOf(before)) findings.add(finding);
    } catch (error) {
      if (!isLayersError(error) || CONCERNS_ALL.has(error.code)) throw error;
      failures.push(error);
      findings.add(unreadableImage(description, error));
    }
  }
  const [failure] = failures;
  if (planned.length === 0 && failure !== undefined) throw failure;
  const images =
    choice.keepsIndexes === true
      ? await withIndexes(archive, planned, areWhole(descriptions, input.image, choice))
      : planned.map(({ image }) => image);
  endProgress();
  // For another platform of an image that is loaded, nothing is missing.
  const loaded = new Set(read.flatMap(({ description }) => description.tags));
  const isMissing = ({ tags }: { readonly tags: readonly string[] }): boolean =>
    tags.length === 0 || !tags.every((tag) => loaded.has(tag));
  const isIncomplete =
    failures.length > 0 || (input.image === undefined && archive.unreadable.some(isMissing));
  return { images, read, findings: [...findings], isIncomplete };
}

/** Errors that another image of the archive would have too. */
const CONCERNS_ALL: ReadonlySet<ErrorCode> = new Set([
  'ERR_LAYERS_READ',
  'ERR_LAYERS_INPUT_CHANGED',
  'ERR_LAYERS_ENGINE_MISSING',
  'ERR_LAYERS_SPOOL',
]);

/** Returns the finding about an image that is left out. */
export function unreadableImage({ tags, id }: ImageDescription, { message }: LayersError): Finding {
  const name =
    tags.length > 0 ? `the image ${tags.join(', ')}` : id === null ? 'an image' : `the image ${id}`;
  return createFinding('image-unreadable', `${name} cannot be read: ${message}`);
}

async function newImageOf(
  archive: Archive,
  description: ImageDescription,
  kind: LayerCompression['kind'] | undefined,
  options: ReadOptions,
): Promise<{ readonly image: NewImage; readonly before: ReadImage }> {
  try {
    const before = await readImage(archive, description, options);
    const { signal } = options;
    const asItIs = copiedImage(before);
    const isRaw = before.layers.map(({ index }) => index?.compression === null);
    if (kind === undefined || !isRaw.includes(true)) return { image: asItIs, before };
    const compressed = repackedImage(before, { signal, compression: { kind, level: null } });
    const layers = compressed.layers.flatMap((layer, i) => (isRaw[i] ? layer : (asItIs.layers[i] ?? layer)));
    return { image: { ...compressed, layers }, before };
  } catch (error) {
    throw withContext(error, { archive: archive.source.path });
  }
}
