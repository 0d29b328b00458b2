import { type ImageListDocument, type ImageListItem, imageListDocument } from '@layers/core/analysis';
import type { Archive } from '@layers/core/image';
import { withInputs } from '../input/inputs.js';
import { chooseImage, findInput, findRegistryImage, type Input } from '../input/open-input.js';
import type { ImageFlags, Session } from '../session.js';

/** Returns the images of an archive, a layout, or an index in a registry. */
export async function imagesOf(
  name: string,
  flags: ImageFlags,
  session: Session,
): Promise<ImageListDocument> {
  const inRegistry = findRegistryImage(name, flags, session);
  if (inRegistry !== null) {
    const { archive } = await inRegistry.describe({ all: true });
    return imageListDocument(archive);
  }
  const input = findInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const { archive, endProgress } = await inputs.open(input, flags, {});
    endProgress();
    const all = imageListDocument(archive);
    return { ...all, images: chosenOf(all.images, archive, input, flags) };
  });
}

/** Returns the image that the argument or an option names; all images without a name. Throws as `chooseImage` does. */
function chosenOf(
  images: readonly ImageListItem[],
  archive: Archive,
  input: Input,
  { platform }: ImageFlags,
): readonly ImageListItem[] {
  if (input.image === undefined && platform === undefined) return images;
  const { id, manifestDigest } = chooseImage(archive, input, { platform }, true);
  return images.filter((item) => item.id === id && item.manifestDigest === manifestDigest);
}
