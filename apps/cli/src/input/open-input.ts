import { createReadStream, lstatSync } from 'node:fs';
import type { Digest } from '@layers/core/digest';
import {
  type Archive,
  type ImageDescription,
  type SourceInfo,
  selectImage,
  selectImageOrArtifact,
} from '@layers/core/image';
import { pathStatus, systemCode } from '@layers/core/io';
import type { Platform } from '@layers/core/oci';
import { withContext } from '@layers/errors';
import { CommandError, usageError } from '../command-error.js';
import type { CommonFlags, RegistryAccess, Session } from '../session.js';
import { daemonSource } from './daemon-source.js';
import {
  daemonReference,
  type FileTransport,
  mayBeStored,
  missing,
  nameInStore,
  parseImageName,
  storeReference,
} from './image-name.js';
import { type RegistrySource, registryName, registrySource } from './registry-input.js';

/** Bytes that can be read once, and their name in documents. */
export interface StreamSource {
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): void };
  readonly path: string;
  /** For an image of a registry. */
  readonly format?: 'registry';
  /** The platforms of an image of a registry that are not in the stream, once it was read. */
  readonly leftOut?: () => readonly { readonly platform: Platform | undefined; readonly digest: string }[];
  /** Its attestations that are not in the stream, once it was read. */
  readonly attestations?: () => readonly { readonly digest: Digest }[];
  /** Fetches manifests and configs alone, for an image of a registry. */
  readonly describe?: RegistrySource['describe'];
}

/** An image of the store, or a name without a file, which may be one. It is opened only when needed. */
export interface StoredSource {
  readonly reference: string;
  /** The name as the user wrote it, perhaps with `store:`, in documents and errors. */
  readonly path: string;
}

/** Selects an image of an archive, or of an index in a registry. */
export interface ImageChoice extends RegistryAccess, Pick<CommonFlags, 'quiet'> {
  /** A tag, an id prefix, or `#2`. */
  readonly image?: string | undefined;
  /** `os/arch[/variant]`. */
  readonly platform?: string | undefined;
  /** Whether all platforms of the image are read. */
  readonly allPlatforms?: boolean;
}

/** The source of the bytes, and the choice of the image. */
export interface Input {
  readonly source: { readonly path: string } | StreamSource | StoredSource;
  readonly image: string | undefined;
  readonly transport: FileTransport | null;
}

/**
 * Finds the named input: the first existing candidate, else perhaps an image of the store.
 *
 * @throws LayersError ERR_LAYERS_TRANSPORT, ERR_LAYERS_INPUT_MISSING, ERR_LAYERS_TERMINAL, ERR_LAYERS_USAGE
 */
export function findInput(name: string, choice: ImageChoice, session: Session): Input {
  const parsed = parseImageName(name);
  const { transport } = parsed;
  if (parsed.kind === 'stdin') {
    if (session.stdin.isTTY) {
      throw new CommandError('ERR_LAYERS_TERMINAL', 'standard input is a terminal: no archive to read', {
        hint: 'pipe an archive into the command: docker save IMAGE | layers inspect -',
      });
    }
    return { source: { stream: session.stdin, path: '-' }, image: choice.image, transport };
  }
  const found = parsed.candidates.find(({ path }) => exists(path));
  if (found === undefined) {
    const source = findRegistryImage(name, choice, session);
    if (source !== null) return { source, image: choice.image, transport };
    const inDaemon = daemonReference(name);
    if (inDaemon !== null)
      return { source: daemonSource(name, inDaemon, session), image: choice.image, transport };
    if (storeReference(name) !== null) {
      return { source: { reference: nameInStore(name), path: name }, image: choice.image, transport };
    }
    if (transport !== null || !mayBeStored(name)) throw missing(name, parsed);
    return { source: { reference: name, path: name }, image: choice.image, transport };
  }
  if (found.image !== null && choice.image !== undefined) {
    throw usageError(
      `the image is named twice: ${found.image} and ${choice.image}`,
      `leave out --image, or the reference behind ${found.path}`,
    );
  }
  const meantAsFile = found.path === name;
  return {
    source: sourceOf(found.path),
    image: found.image ?? choice.image,
    transport: meantAsFile ? null : transport,
  };
}

/**
 * Returns the image of a registry that a name means; null for other names, and where a file has this name.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function findRegistryImage(
  name: string,
  choice: ImageChoice,
  session: Session,
): RegistrySource | null {
  const inRegistry = registryName(name);
  return inRegistry === null || exists(name) ? null : registrySource(name, inRegistry, choice, session);
}

/** Returns the path of the file that a name means; `-` where there is none. */
export function inputPath(name: string): string {
  const parsed = parseImageName(name);
  if (parsed.kind === 'stdin') return '-';
  return parsed.candidates.find(({ path }) => exists(path))?.path ?? '-';
}

/** Returns the chosen image of an archive, or the chosen artifact if these can be shown. Errors name the archive. */
export function chooseImage(
  archive: Archive,
  input: Input,
  { platform }: Pick<ImageChoice, 'platform'>,
  withArtifacts = false,
): ImageDescription {
  try {
    return (withArtifacts ? selectImageOrArtifact : selectImage)(archive, { image: input.image, platform });
  } catch (error) {
    throw withContext(error, { archive: archive.source.path });
  }
}

const NAMES = {
  'docker-archive': 'a docker-archive',
  'oci-archive': 'an oci-archive',
  oci: 'an oci layout',
  dir: 'a directory of skopeo copy dir:',
  registry: 'an image of a registry',
} as const;

/** Throws ERR_LAYERS_TRANSPORT if the archive has another format than the transport in its name. */
export function checkTransport(source: SourceInfo, transport: FileTransport | null): void {
  if (transport === null || transport === source.format) return;
  // A hybrid archive has both formats.
  if (source.variant === 'hybrid' && transport === 'oci-archive') return;
  throw new CommandError(
    'ERR_LAYERS_TRANSPORT',
    `not ${NAMES[transport]}: this file is ${NAMES[source.format]}`,
    {
      archive: source.path,
      hint: `write ${source.format}:${source.path}, or the path alone`,
    },
  );
}

/** Named pipes and `<(…)` can be read only once, as standard input. */
function sourceOf(path: string): Input['source'] {
  const stat = pathStatus(path);
  if (stat === null || stat.isFile() || stat.isDirectory()) return { path };
  return { stream: createReadStream(path, { highWaterMark: 256 * 1024 }), path };
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // The reader reports a directory without permission.
    return systemCode(error) === 'EACCES';
  }
}
