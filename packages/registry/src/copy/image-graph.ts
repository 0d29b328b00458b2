import type { Digest } from '@layers/core/digest';
import {
  attestedManifest,
  type Descriptor,
  formatPlatform,
  formatReference,
  isAttestation,
  isConfig,
  isIndex,
  isNonDistributable,
  type Manifest,
  parseConfig,
  parseIndex,
  parseJson,
  parseManifest,
  parsePlatform,
  platformOfImage,
  platformRank,
  type Reference,
} from '@layers/core/oci';
import { LayersError, withContext } from '@layers/errors';
import type { ManifestBytes } from '../client/manifest-bytes.js';
import type { Repository } from '../client/repository.js';
import { choosePlatform } from './choose-platform.js';
import { readConfig } from './read-config.js';

/** A manifest of an image, with what an index says about it. */
export interface GraphManifest extends ManifestBytes {
  readonly document: Manifest;
  /** The descriptor in the index as the index has it; null for a manifest that no index lists. */
  readonly listed: Readonly<Record<string, unknown>> | null;
}

/** The documents of an image in a registry. No layer is read. */
export interface ImageGraph {
  readonly repository: Repository;
  /** With the tag or the digest that was asked for. */
  readonly reference: Reference;
  /** What the reference names: an index or a manifest. */
  readonly root: ManifestBytes;
  /** Nested indexes, the inner ones first. */
  readonly indexes: readonly ManifestBytes[];
  /** The manifests that were asked for, in the order of the index. */
  readonly manifests: readonly GraphManifest[];
  /** The images of the index that were not asked for. */
  readonly leftOut: readonly Descriptor[];
  /** The attestations of the images that were asked for, unless all platforms were. */
  readonly attestations: readonly Descriptor[];
  /** The layers that are not distributable, and that the repository lacks. */
  readonly absentLayers: ReadonlySet<Digest>;
}

/** Which images of an index are meant. */
export interface PlatformChoice {
  /** `os/arch[/variant]`. Default: this machine's platform, else the only one. */
  readonly platform?: string | undefined;
  /** All platforms, with attestations. */
  readonly all?: boolean | undefined;
}

/** containerd and BuildKit write at most one level. */
const MAX_DEPTH = 8;
const MAX_MANIFESTS = 10_000;
/** Of all documents, which stay in memory. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Fetches the documents of an image: of the chosen platform, or of all.
 *
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND, also for a platform that the index lacks; ERR_LAYERS_IMAGE_AMBIGUOUS;
 *   ERR_LAYERS_PLATFORM; ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS; ERR_LAYERS_BLOB_MISMATCH; and the
 *   errors of documents
 */
export async function fetchGraph(
  repository: Repository,
  reference: Reference,
  choice: PlatformChoice = {},
): Promise<ImageGraph> {
  const root = await repository.manifest(reference.digest ?? reference.tag ?? 'latest');
  const fetcher = new GraphFetcher(repository, choice, registryPath({ reference }));
  await fetcher.add(root, null, 0);
  const { indexes, manifests, leftOut } = fetcher;
  const digests = new Set(manifests.map(({ digest }) => digest));
  const attestations = fetcher.attestations.filter((descriptor) => {
    const about = attestedManifest(descriptor);
    return about === null || digests.has(about);
  });
  const [only] = manifests;
  // No index says for which platform the image is.
  if (choice.platform !== undefined && choice.all !== true && indexes.length === 0 && only !== undefined)
    await requirePlatform(repository, only.document, choice.platform, registryPath({ reference }));
  const absentLayers = await absentLayersOf(manifests, repository);
  return { repository, reference, root, indexes, manifests, leftOut, attestations, absentLayers };
}

/** Layers are read from the repository alone, and not from the `urls` of their descriptors. */
async function absentLayersOf(
  manifests: readonly GraphManifest[],
  repository: Repository,
): Promise<ReadonlySet<Digest>> {
  const absent = new Set<Digest>();
  for (const { mediaType, digest } of blobsOf(manifests))
    if (isNonDistributable(mediaType) && !(await repository.hasBlob(digest))) absent.add(digest);
  return absent;
}

/** Throws ERR_LAYERS_IMAGE_NOT_FOUND for an image of another platform. Artifacts have none. */
async function requirePlatform(
  repository: Repository,
  { config }: Manifest,
  text: string,
  archive: string,
): Promise<void> {
  if (!isConfig(config.mediaType)) return;
  const target = parsePlatform(text);
  const json = parseJson(await readConfig(repository, config), config.digest);
  const platform = platformOfImage(parseConfig(json, config.digest));
  if (platform !== undefined && platformRank(target, platform) !== undefined) return;
  throw new LayersError(
    'ERR_LAYERS_IMAGE_NOT_FOUND',
    `no image is for the platform ${formatPlatform(target)}`,
    { archive, hint: `the images are: ${platform === undefined ? config.digest : formatPlatform(platform)}` },
  );
}

class GraphFetcher {
  readonly indexes: ManifestBytes[] = [];
  readonly manifests: GraphManifest[] = [];
  readonly leftOut: Descriptor[] = [];
  readonly attestations: Descriptor[] = [];
  readonly #repository: Repository;
  readonly #choice: PlatformChoice;
  readonly #name: string;
  readonly #seen = new Set<Digest>();
  #bytes = 0;

  constructor(repository: Repository, choice: PlatformChoice, name: string) {
    this.#repository = repository;
    this.#choice = choice;
    this.#name = name;
  }

  async add(found: ManifestBytes, listed: GraphManifest['listed'], depth: number): Promise<void> {
    if (this.#seen.has(found.digest)) return;
    this.#seen.add(found.digest);
    this.#bytes += found.bytes.length;
    if (depth > MAX_DEPTH || this.#seen.size > MAX_MANIFESTS || this.#bytes > MAX_BYTES) {
      throw new LayersError(
        'ERR_LAYERS_LIMIT',
        `the index has more than ${MAX_MANIFESTS} manifests or ${MAX_BYTES} bytes, or too many levels`,
        {
          hint: 'the registry may be malicious',
        },
      );
    }
    const document = this.#parsed(() => parseJson(found.bytes, found.digest));
    if (!isIndex(found.mediaType)) {
      const manifest = this.#parsed(() => parseManifest(document, found.digest));
      this.manifests.push({ ...found, document: manifest, listed });
      return;
    }
    const { manifests } = this.#parsed(() => parseIndex(document, found.digest));
    const raw = rawManifests(document);
    const chosen =
      this.#choice.all === true ? null : choosePlatform(manifests, this.#choice.platform, this.#name);
    for (const [position, descriptor] of manifests.entries()) {
      if (chosen !== null && chosen !== descriptor) {
        if (isAttestation(descriptor)) this.attestations.push(descriptor);
        else this.leftOut.push(descriptor);
        continue;
      }
      if (this.#seen.has(descriptor.digest)) continue;
      const child = await this.#child(descriptor);
      await this.add(child, raw[position] ?? null, depth + 1);
    }
    this.indexes.push(found);
  }

  async #child({ digest, platform }: Descriptor): Promise<ManifestBytes> {
    const child = await this.#repository.findManifest(digest);
    if (child !== null) return child;
    const what = platform === undefined ? 'a manifest' : formatPlatform(platform);
    throw new LayersError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `the index lists ${what} (${digest}), which the registry lacks`,
      { archive: this.#name, hint: 'choose another platform, or push the image again with all platforms' },
    );
  }

  /** Adds the name of the image to the error of an invalid document. */
  #parsed<Result>(parse: () => Result): Result {
    try {
      return parse();
    } catch (error) {
      throw withContext(error, { archive: this.#name });
    }
  }
}

function rawManifests(document: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isRecord(document)) return [];
  const manifests = Object.entries(document).find(([key]) => key.toLowerCase() === 'manifests')?.[1];
  return Array.isArray(manifests) ? manifests.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the blobs of manifests, each once: configs and layers. */
export function blobsOf(manifests: readonly GraphManifest[]): readonly Descriptor[] {
  const blobs = new Map<Digest, Descriptor>();
  for (const { document } of manifests) {
    for (const blob of [document.config, ...document.layers])
      if (!blobs.has(blob.digest)) blobs.set(blob.digest, blob);
  }
  return [...blobs.values()];
}

/** Returns the blobs of an image that are at hand: its layers may not be, if they are not distributable. */
export function presentBlobsOf({
  manifests,
  absentLayers,
}: Pick<ImageGraph, 'manifests' | 'absentLayers'>): readonly Descriptor[] {
  return blobsOf(manifests).filter(({ digest }) => !absentLayers.has(digest));
}

/** Returns the name of an image as documents and errors show it: `docker://docker.io/library/alpine:3.20`. */
export function registryPath({ reference }: Pick<ImageGraph, 'reference'>): string {
  return `docker://${formatReference(reference)}`;
}
