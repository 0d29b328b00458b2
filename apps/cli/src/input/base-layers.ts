import type { ImageDescription, ReadImage } from '@layers/core/image';
import { formatPlatform, type Platform } from '@layers/core/oci';
import { CommandError } from '../command-error.js';
import { describeImage } from './describe-image.js';
import type { Inputs } from './inputs.js';
import type { ImageChoice } from './open-input.js';

/**
 * Returns the number of layers that an image has of its base: those of `name`, which must be the lowest layers of the image,
 * with the same DiffIDs; 0 without a name.
 *
 * @throws LayersError ERR_LAYERS_USAGE where the image was not built on `name`, and what opening throws
 */
export async function baseLayersOf(
  image: ReadImage,
  name: string | undefined,
  inputs: Inputs,
): Promise<number> {
  return name === undefined ? 0 : (await lowestLayers(image.description, name, inputs)).layers.length;
}

/**
 * Returns the image whose layers must be the lowest ones of another image, with the same DiffIDs. Reads documents only.
 *
 * @throws LayersError as {@link baseLayersOf}
 */
export async function lowestLayers(
  image: ImageDescription,
  name: string,
  inputs: Inputs,
): Promise<ImageDescription> {
  const base = await describedBase(name, image.platform, inputs);
  const differing = base.layers.findIndex(
    ({ diffId }, i) => diffId === null || diffId !== image.layers[i]?.diffId,
  );
  if (differing === -1) return base;
  throw new CommandError(
    'ERR_LAYERS_USAGE',
    `the image was not built on ${name}: layer ${differing} differs`,
    {
      hint: 'give the version of the base that the image was built on; layers diff shows how both differ',
    },
  );
}

/**
 * Returns the description of an image that another one may be built on. Reads documents only.
 *
 * @param platform that of the image, which may not be that of this machine
 */
export async function describedBase(
  name: string,
  platform: Platform | null,
  inputs: Inputs,
): Promise<ImageDescription> {
  const choice: ImageChoice = platform === null ? {} : { platform: formatPlatform(platform) };
  const { description } = await describeImage(name, choice, inputs);
  return description;
}
