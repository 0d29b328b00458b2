import type { Archive, ImageDescription } from '@layers/core/image';
import type { Descriptor } from '@layers/core/oci';
import type { Session } from '../session.js';
import { chooseImage, findRegistryImage, type ImageChoice } from './open-input.js';

/** An image of a registry whose layers are not read. */
export interface DescribedImage {
  readonly archive: Archive;
  readonly description: ImageDescription;
  /** The other images of its index. */
  readonly others: readonly Descriptor[];
}

/** Fetches the manifest and the config of an image in a registry; null if `name` means something else. */
export async function describedImage(
  name: string,
  choice: ImageChoice,
  session: Session,
): Promise<DescribedImage | null> {
  const source = findRegistryImage(name, choice, session);
  if (source === null) return null;
  const { archive, graph } = await source.describe();
  const input = { source, image: choice.image, transport: null };
  return { archive, description: chooseImage(archive, input, choice, true), others: graph.leftOut };
}
