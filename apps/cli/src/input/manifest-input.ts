import { existsSync } from 'node:fs';
import { type Digest, digestOf } from '@layers/core/digest';
import { type Archive, blobName, type ImageDescription } from '@layers/core/image';
import { formatReference, OCI_INDEX, OCI_MANIFEST, parseJson, type Reference } from '@layers/core/oci';
import type { Repository } from '@layers/registry';
import { CommandError } from '../command-error.js';
import type { Session } from '../session.js';
import { FILE_TRANSPORTS, isDaemonName, isFileLike, storeReference } from './image-name.js';
import { withInputs } from './inputs.js';
import { chooseImage, findInput, type StoredSource } from './open-input.js';
import { parseRegistryImage, registryClient, registryName } from './registry-input.js';
import type { RegistryFlags } from './registry-options.js';

/** The options of commands that read a manifest. */
export interface ManifestFlags extends RegistryFlags {
  readonly image?: string;
  readonly platform?: string;
}

/** A manifest or an index, with its computed digest. */
export interface FoundManifest {
  /** The name of its image, as documents show it. */
  readonly reference: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}

/** Finds the manifest that a name means: the index of several platforms, unless a platform is chosen. */
export async function findManifest(
  name: string,
  flags: ManifestFlags,
  session: Session,
): Promise<FoundManifest> {
  const reference = inRegistry(name);
  if (reference === null) return manifestOfArchive(name, flags, session);
  const path = `docker://${formatReference(reference)}`;
  const repository = (await registryClient(session, flags)).repository(reference);
  const { bytes, mediaType, digest } =
    flags.platform === undefined
      ? await repository.manifest(named(reference))
      : await ofPlatform(repository, reference, flags.platform);
  return { reference: path, bytes, mediaType, digest };
}

/** A digest, and whether it was computed; if not, the registry states it. */
export interface FoundDigest extends Pick<FoundManifest, 'reference' | 'digest'> {
  readonly verified: boolean;
}

/** Finds the digest of the manifest that `findManifest` returns. Asks a registry for the digest alone. */
export async function findDigest(name: string, flags: ManifestFlags, session: Session): Promise<FoundDigest> {
  const reference = inRegistry(name);
  if (reference === null || flags.platform !== undefined) {
    const { reference: path, digest } = await findManifest(name, flags, session);
    return { reference: path, digest, verified: true };
  }
  const repository = (await registryClient(session, flags)).repository(reference);
  const digest = await repository.manifestDigest(named(reference));
  return { reference: `docker://${formatReference(reference)}`, digest, verified: false };
}

/**
 * Returns the image of a registry that a name means; null for an archive, a layout, and other places. Without a transport,
 * a name is that of a registry unless a file has it or it looks like that of a file.
 */
function inRegistry(name: string): Reference | null {
  const text = registryName(name);
  if (text !== null) return existsSync(name) ? null : parseRegistryImage(text);
  const isElsewhere =
    name === '' ||
    name === '-' ||
    FILE_TRANSPORTS.some((transport) => name.startsWith(`${transport}:`)) ||
    isDaemonName(name) ||
    storeReference(name) !== null ||
    isFileLike(name) ||
    /^[a-z][a-z0-9+-]*:\/\//.test(name) ||
    existsSync(name);
  return isElsewhere ? null : parseRegistryImage(name);
}

function named({ digest, tag }: Reference): string {
  return digest ?? tag ?? 'latest';
}

async function ofPlatform(repository: Repository, reference: Reference, platform: string) {
  const { fetchGraph } = await import('@layers/registry/copy');
  const { manifests, root } = await fetchGraph(repository, reference, { platform });
  return manifests[0] ?? root;
}

function manifestOfArchive(name: string, flags: ManifestFlags, session: Session): Promise<FoundManifest> {
  const input = findInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const { archive, endProgress } = await inputs.open(input, flags, {});
    endProgress();
    const image = chooseImage(archive, input, flags, true);
    const stored = 'reference' in input.source ? await storedRoot(input.source, session) : undefined;
    const root = flags.platform === undefined ? (stored ?? image.indexDigest) : undefined;
    const bytes = manifestBytes(archive, image, root);
    if (bytes !== null)
      return { reference: name, bytes, mediaType: mediaTypeOf(bytes), digest: digestOf(bytes) };
    throw new CommandError('ERR_LAYERS_USAGE', 'the image has no OCI manifest', {
      archive: archive.source.path,
      hint: 'layers repack IMAGE -o oci-archive:FILE writes one with a manifest',
    });
  });
}

/** Returns the digest of what a name of the store refers to. */
async function storedRoot({ reference }: StoredSource, session: Session): Promise<Digest> {
  const { findDescriptor } = await import('@layers/store/images');
  const { userStore } = await import('./stored-input.js');
  return findDescriptor(userStore(session), reference).digest;
}

/** Returns the bytes of `root`, or of the manifest without one; null for a docker-archive without OCI documents. */
function manifestBytes(
  { reader }: Archive,
  { manifestName }: ImageDescription,
  root: Digest | undefined,
): Uint8Array | null {
  const index = root === undefined ? null : reader.find(blobName(root));
  const file = index ?? (manifestName === null ? null : reader.find(manifestName));
  return file === null ? null : reader.read(file);
}

function mediaTypeOf(bytes: Uint8Array): string {
  const document = parseJson(bytes, 'the manifest');
  if (typeof document !== 'object' || document === null) return OCI_MANIFEST;
  if ('mediaType' in document && typeof document.mediaType === 'string') return document.mediaType;
  return 'manifests' in document ? OCI_INDEX : OCI_MANIFEST;
}
