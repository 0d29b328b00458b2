import { type ImageDescription, type ReadImage, upToLayer } from '@layers/core/image';
import { InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';

const POSITION = /^\d{1,15}$/;
const DIGEST = /^(?:sha256:)?[0-9a-f]{4,64}$/;

/** Parses the value of `--layer`: a position, or the start of a digest. Throws InvalidArgumentError. */
export function layerWord(text: string): string {
  if (POSITION.test(text) || DIGEST.test(text)) return text;
  throw new InvalidArgumentError('It must be a whole number from 0, or at least 4 digits of a DiffID.');
}

/** A layer, with the digests by which it can be named. */
interface NamedLayer {
  readonly name: string;
  readonly digests: readonly (string | null)[];
}

/**
 * Returns the position of the layer that a value of `--layer` names: a position, or the start of a DiffID or of the digest
 * of the blob. Positions that do not exist are returned as they are.
 *
 * @throws LayersError ERR_LAYERS_LAYER_NOT_FOUND
 */
export function layerPosition(word: string, { layers }: ReadImage): number {
  return positionOf(
    word,
    layers.map(({ description: { name, diffId, digest }, index }) => ({
      name,
      digests: [diffId, digest, ...(index?.diffIds ?? []), ...(index?.digests ?? [])],
    })),
  );
}

/** Does the same for an image whose layers have not been read. */
function declaredLayerPosition(word: string, { layers }: ImageDescription): number {
  return positionOf(
    word,
    layers.map(({ name, diffId, digest }) => ({ name, digests: [diffId, digest] })),
  );
}

/** Returns a function that leaves the layers above a layer out of an image. It throws ERR_LAYERS_LAYER_NOT_FOUND. */
export function lowerLayers(word: string): (image: ImageDescription) => ImageDescription {
  return (image) => upToLayer(image, declaredLayerPosition(word, image));
}

const SHORTEST_DIGEST = 4;

function positionOf(word: string, layers: readonly NamedLayer[]): number {
  const isNumber = POSITION.test(word);
  if (isNumber && (Number(word) < layers.length || word.length < SHORTEST_DIGEST)) return Number(word);
  const start = word.startsWith('sha256:') ? word : `sha256:${word}`;
  const found = layers.filter(({ digests }) => digests.some((digest) => digest?.startsWith(start)));
  const [first] = found;
  // A layer may be in the image twice.
  if (first !== undefined && found.every(({ name }) => name === first.name)) return layers.indexOf(first);
  if (first === undefined && isNumber) return Number(word);
  throw new CommandError(
    'ERR_LAYERS_LAYER_NOT_FOUND',
    first === undefined
      ? `no layer has a DiffID that starts with ${word}`
      : `${found.length} layers have DiffIDs that start with ${word}`,
    { hint: 'layers inspect IMAGE lists the layers with their DiffIDs' },
  );
}
