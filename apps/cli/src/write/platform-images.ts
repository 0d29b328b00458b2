import type { Finding } from '@layers/core/findings';
import { type Archive, type ImageDescription, type ReadImage, readImage } from '@layers/core/image';
import { isIndex } from '@layers/core/oci';
import { findDescriptor, listImages } from '@layers/store/images';
import { type Inputs, type Opened, refuseDamaged, withInputs } from '../input/inputs.js';
import { chooseImage, findInput, type ImageChoice, type Input } from '../input/open-input.js';
import { userStore } from '../input/stored-input.js';
import type { Feedback } from '../output/progress.js';
import type { Session } from '../session.js';
import { isOtherPlatform, leftOutFinding } from './platform-findings.js';

/** The images that a command changes. */
export interface PlatformImages {
  readonly input: Input;
  /** The chosen image, or with `allPlatforms` that of every platform, in the order of the archive. */
  readonly images: readonly ReadImage[];
  /** About platforms that the store or a registry has, and that were not read. */
  readonly leftOut: readonly Finding[];
}

/** Reads the chosen image of an input for a command that writes it, or all its platforms, and works with them. */
export function withPlatforms<Result>(
  name: string,
  choice: ImageChoice & Feedback,
  session: Session,
  work: (read: PlatformImages) => Promise<Result>,
): Promise<Result> {
  return withInputs(choice, session, async (inputs) => {
    const input = findInput(name, choice, session);
    const opened = await inputs.open(input, choice, { contents: true });
    const images: ReadImage[] = [];
    for (const description of chosenPlatforms(opened, choice)) {
      const image = await readImage(opened.archive, description, opened.options);
      if ('reference' in input.source) refuseDamaged(image);
      images.push(image);
    }
    // The rest is quick, and may write to the terminal.
    opened.endProgress();
    return work({ input, images, leftOut: leftOutOfSource(opened, choice, inputs) });
  });
}

/** Returns the chosen image of an archive, or with `allPlatforms` that of every platform. */
export function chosenPlatforms(
  { archive, input }: Pick<Opened, 'archive' | 'input'>,
  choice: ImageChoice,
): readonly ImageDescription[] {
  const chosen = chooseImage(archive, input, choice);
  return choice.allPlatforms === true ? platformsOf(archive, chosen) : [withAttestations(chosen, input)];
}

/** Adds the attestations that a registry has of the image, and that were not read. */
function withAttestations(image: ImageDescription, { source }: Input): ImageDescription {
  const found = 'stream' in source ? (source.attestations?.() ?? []) : [];
  return found.length === 0 ? image : { ...image, attestations: found.map(({ digest }) => digest) };
}

function platformsOf({ images }: Archive, chosen: ImageDescription): readonly ImageDescription[] {
  return images.filter((image) => image === chosen || isOtherPlatform(chosen, image));
}

/** Returns the finding about platforms that the archive lacks, because only one was read from the store or a registry. */
export function leftOutOfSource(
  { archive, input: { source } }: Pick<Opened, 'archive' | 'input'>,
  { platform, allPlatforms }: ImageChoice,
  { session }: Pick<Inputs, 'session'>,
): readonly Finding[] {
  const [image] = archive.images;
  if (allPlatforms === true || image === undefined) return [];
  const name = image.tags[0] ?? source.path;
  if ('stream' in source) {
    const others = platform === undefined ? (source.leftOut?.() ?? []) : [];
    return leftOutFinding(name, image.platform, others);
  }
  if (platform !== undefined || !('reference' in source)) return [];
  const store = userStore(session);
  const { digest, mediaType } = findDescriptor(store, source.reference);
  if (!isIndex(mediaType)) return [];
  const others = listImages(store).filter(
    ({ indexDigests, manifestDigest }) =>
      indexDigests[0] === digest && manifestDigest !== image.manifestDigest,
  );
  return leftOutFinding(
    name,
    image.platform,
    others.map((other) => ({ platform: other.platform ?? undefined, digest: other.manifestDigest })),
  );
}
