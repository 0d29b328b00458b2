import type { Archive, ImageDescription } from '@layers/core/image';
import { describedImage } from './described-input.js';
import type { Inputs } from './inputs.js';
import { chooseImage, findInput, type ImageChoice } from './open-input.js';

/**
 * Returns what the documents of an image declare. Reads no layer of an image in a file, the store or a registry.
 *
 * @param withArtifacts whether `name` may be an artifact
 */
export async function describeImage(
  name: string,
  choice: ImageChoice,
  inputs: Inputs,
  withArtifacts = false,
): Promise<{ readonly archive: Archive; readonly description: ImageDescription }> {
  const described = await describedImage(name, choice, inputs.session);
  if (described !== null) return described;
  const input = findInput(name, choice, inputs.session);
  const { archive, endProgress } = await inputs.open(input, choice, {});
  endProgress();
  return { archive, description: chooseImage(archive, input, choice, withArtifacts) };
}
