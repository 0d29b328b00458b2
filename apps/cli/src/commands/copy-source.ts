import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import { blobName, type ImageDescription, readImage } from '@layers/core/image';
import { type Platform, type Reference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { ManifestBytes, Repository } from '@layers/registry';
import type { CopySource, DocumentedGraph, LayoutGraph } from '@layers/registry/copy';
import { copiedImage } from '@layers/rewrite/change';
import type { NewImage } from '@layers/rewrite/image';
import { imageAsStored } from '@layers/store/save';
import { CommandError } from '../command-error.js';
import { chosenTags } from '../input/chosen-tags.js';
import { isReadOnce } from '../input/decompressed-input.js';
import { storeReference } from '../input/image-name.js';
import type { Inputs } from '../input/inputs.js';
import { openWholeArchive } from '../input/load-input.js';
import { chooseImage, findInput, type ImageChoice } from '../input/open-input.js';
import type { Opened } from '../input/reading.js';
import { parseRegistryImage, registryClient, registryName } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { otherPlatforms, storedGraph, storedName } from '../input/stored-graph.js';
import { heldLease, userStore } from '../input/stored-input.js';
import { isOtherPlatform, type leftOutFinding } from '../write/platform-findings.js';

/** Which images are copied. */
export interface CopyChoice extends ImageChoice {
  /** All platforms, with the index. */
  readonly all?: boolean;
}

/** What is copied. */
export interface CopyInput {
  /** The name of the source in documents. */
  readonly path: string;
  /** The documents as they are; null where the format of the source has none. */
  readonly graph: (CopySource & DocumentedGraph & Partial<Pick<LayoutGraph, 'absent'>>) | null;
  /** What the target names: the index of all platforms, or one manifest; null where `graph` is. */
  readonly root: ManifestBytes | null;
  /** Returns the images for a writer of archives. Throws ERR_LAYERS_NO_IMAGE for an artifact. */
  images(): Promise<readonly NewImage[]>;
  readonly platform: Platform | null;
  readonly leftOut: Parameters<typeof leftOutFinding>[2];
  readonly findings: readonly Finding[];
  /** The repository; null for other sources. */
  readonly repository: Repository | null;
  /** Ends all requests to the registry. */
  stop(reason: unknown): void;
}

/** Opens the source of a copy. Layers are not read. */
export async function openCopySource(
  name: string,
  choice: CopyChoice,
  flags: RegistryFlags,
  inputs: Inputs,
): Promise<CopyInput> {
  const inRegistry = registryName(name);
  if (inRegistry !== null) return fromRegistry(inRegistry, choice, flags, inputs);
  const input = findInput(name, choice, inputs.session);
  const { source } = input;
  if ('reference' in source) return fromStore(storeReference(name) ?? name, choice, inputs);
  const folder = isReadOnce(input) ? heldLease(userStore(inputs.session, true), inputs).directory : null;
  return fromArchive(await openWholeArchive(input, folder, choice, inputs), choice);
}

async function fromRegistry(
  text: string,
  { platform, all = false }: CopyChoice,
  flags: RegistryFlags,
  { session }: Inputs,
): Promise<CopyInput> {
  const { describeGraph, fetchGraph, graphImages, registryPath } = await import('@layers/registry/copy');
  const reference = parseRegistryImage(text);
  const client = await registryClient(session, flags);
  const repository = client.repository(reference);
  const graph = await fetchGraph(repository, reference, { platform, all });
  const [first] = graph.manifests;
  const root = all ? graph.root : (first ?? graph.root);
  return {
    path: registryPath(graph),
    graph: all ? graph : { ...graph, root, indexes: [] },
    root,
    images: async () => graphImages(await describeGraph(graph)),
    platform: null,
    leftOut: platform === undefined ? graph.leftOut : [],
    findings: [],
    repository,
    stop: (reason) => client.stop(reason),
  };
}

async function fromStore(name: string, choice: CopyChoice, inputs: Inputs): Promise<CopyInput> {
  const { layoutGraph } = await import('@layers/registry/copy');
  const { platform, all = false } = choice;
  const stored = await storedGraph(userStore(inputs.session), name, platform, inputs);
  const { graph: whole, image, archive } = stored;
  const graph = all ? whole : layoutGraph(archive.reader, image.manifestDigest);
  const tag = storedName(image, name);
  const others = all ? stored.leftOut : [...stored.leftOut, ...otherPlatforms(whole, image)];
  return {
    path: `store:${name}`,
    graph: { ...graph, reference: tag === null ? null : referenceOf(tag) },
    root: graph.root,
    images: async () =>
      archive.images.map((description) => {
        const asStored = imageAsStored(archive, description);
        if (asStored !== null) return { ...asStored, tags: tag === null ? [] : [tag] };
        throw new CommandError('ERR_LAYERS_NO_IMAGE', `${name} is not a container image`, {
          hint: 'copy it as it is, to a registry',
        });
      }),
    platform: image.platform,
    leftOut: platform === undefined ? others : [],
    findings: [],
    repository: null,
    stop: () => {},
  };
}

/** Returns the images of an archive to copy: the chosen one, or with `all` all of them. */
function chosenDescriptions({ archive, input }: Opened, choice: CopyChoice): readonly ImageDescription[] {
  if (choice.all !== true) return [chooseImage(archive, input, choice, true)];
  if (input.image === undefined) return archive.images;
  const chosen = chooseImage(archive, input, choice);
  return archive.images.filter((image) => image === chosen || isOtherPlatform(chosen, image));
}

/** Returns the digest of the document that stands for the images; null where they have none in common. */
function rootOf(chosen: readonly ImageDescription[], all: boolean): Digest | null {
  const [first] = chosen;
  if (first === undefined) return null;
  const index = all ? (first.indexDigest ?? null) : null;
  if (index !== null && chosen.every(({ indexDigest }) => indexDigest === index)) return index;
  return chosen.length === 1 ? first.manifestDigest : null;
}

function referenceOf(tag: string): Reference | null {
  const reference = /[:/@]/.test(tag) ? tryParseReference(tag) : undefined;
  return reference === undefined ? null : withDefaultTag(reference);
}

async function fromArchive(opened: Opened, choice: CopyChoice): Promise<CopyInput> {
  const { layoutGraph } = await import('@layers/registry/copy');
  const { archive, input, options, endProgress } = opened;
  const { reader } = archive;
  const chosen = chosenDescriptions(opened, choice);
  const [first] = chosen;
  const digest = rootOf(chosen, choice.all === true);
  // Formats of docker have no manifests that a registry takes.
  const hasRoot = digest !== null && reader.seekable && reader.find(blobName(digest)) !== null;
  const graph = hasRoot ? layoutGraph(reader, digest) : null;
  const tagsOf = (image: ImageDescription) => chosenTags(image, input) ?? image.tags;
  const tag = first === undefined ? undefined : tagsOf(first)[0];
  const others = archive.images.filter(
    (other) => first !== undefined && !chosen.includes(other) && isOtherPlatform(first, other),
  );
  endProgress();
  return {
    path: archive.source.path,
    graph: graph === null ? null : { ...graph, reference: tag === undefined ? null : referenceOf(tag) },
    root: graph?.root ?? null,
    async images() {
      const images: NewImage[] = [];
      for (const description of chosen) {
        const asStored = reader.seekable ? imageAsStored(archive, description) : null;
        const image = asStored ?? copiedImage(await readImage(archive, description, options));
        images.push({ ...image, tags: tagsOf(description) });
      }
      return images;
    },
    platform: first?.platform ?? null,
    leftOut:
      choice.platform === undefined
        ? others.map(({ platform, manifestDigest }) => ({
            platform: platform ?? undefined,
            digest: manifestDigest ?? '',
          }))
        : [],
    findings: [...archive.findings, ...chosen.flatMap(({ findings }) => findings)],
    repository: null,
    stop: () => {},
  };
}
