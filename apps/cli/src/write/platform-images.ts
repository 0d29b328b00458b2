import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';
import { type Archive, type ImageDescription, type ReadImage, readImage } from '@layers/core/image';
import { isAttestation, isIndex } from '@layers/core/oci';
import { findDescriptor, listImages } from '@layers/store/images';
import { type Inputs, refuseDamaged, withInputs } from '../input/inputs.js';
import { chooseImage, findInput, type ImageChoice, type Input } from '../input/open-input.js';
import type { Opened } from '../input/reading.js';
import { foundImage, indexOf, userStore } from '../input/stored-input.js';
import { platformText } from '../output/platform-text.js';
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
    for (const description of chosenPlatforms(opened, choice, session)) {
      const image = await readImage(opened.archive, description, opened.options);
      if ('reference' in input.source) refuseDamaged(image);
      images.push(image);
    }
    // The rest is quick, and may write to the terminal.
    opened.endProgress();
    return work({ input, images, leftOut: await leftOutOfSource(opened, choice, inputs) });
  });
}

/** Returns the finding about platforms of an index that the input lacks, as where only some were saved. */
async function absentPlatforms(
  name: string,
  { archive, source }: Pick<Opened, 'archive'> & Pick<Input, 'source'>,
  session: Session,
): Promise<readonly Finding[]> {
  const digest =
    'reference' in source ? storedIndexOf(source.reference, session) : archive.images[0]?.indexDigest;
  if (digest === undefined || !archive.reader.seekable) return [];
  const { layoutGraph } = await import('@layers/registry/copy');
  const absent = layoutGraph(archive.reader, digest).absent.filter((listed) => !isAttestation(listed));
  if (absent.length === 0) return [];
  const platforms = absent.map((listed) =>
    listed.platform === undefined ? listed.digest : platformText(listed.platform),
  );
  const message = `${name} is written without ${platforms.join(', ')}: the index lists what the input lacks`;
  return [createFinding('platforms-left-out', message)];
}

function storedIndexOf(reference: string, session: Session): Digest | undefined {
  const store = userStore(session);
  return indexOf(store, reference, foundImage(store, reference, undefined));
}

/** Returns the chosen image of an archive, or with `allPlatforms` that of every platform. */
export function chosenPlatforms(
  { archive, input }: Pick<Opened, 'archive' | 'input'>,
  choice: ImageChoice,
  session: Session,
): readonly ImageDescription[] {
  const { source } = input;
  if (choice.allPlatforms === true && 'reference' in source) {
    // The archive has nothing else. An image without a name is known by its index alone.
    const indexDigest = storedIndexOf(source.reference, session);
    return archive.images.map((image) => (indexDigest === undefined ? image : { ...image, indexDigest }));
  }
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

/** Returns the findings about platforms that are not written: the input lacks them, or only one was read from the store or a registry. */
export async function leftOutOfSource(
  { archive, input: { source } }: Pick<Opened, 'archive' | 'input'>,
  { platform, allPlatforms }: ImageChoice,
  { session }: Pick<Inputs, 'session'>,
): Promise<readonly Finding[]> {
  const [image] = archive.images;
  if (image === undefined) return [];
  const name = image.tags[0] ?? source.path;
  if (allPlatforms === true) return absentPlatforms(name, { archive, source }, session);
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
