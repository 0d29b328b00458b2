import { createReadStream, lstatSync, statSync } from 'node:fs';
import { type Archive, type ImageDescription, type SourceInfo, selectImage } from '@layers/core/image';
import { systemCode } from '@layers/core/io';
import { withContext } from '@layers/errors';
import { CommandError, usageError } from '../command-error.js';
import type { ImageFlags, Session } from '../program/session.js';
import { daemonSource } from './daemon-source.js';
import { daemonReference, type FileTransport, mayBeStored, missing, parseImageName } from './image-name.js';

/** Bytes that pass once, and what documents call them. */
export interface StreamSource {
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): void };
  readonly path: string;
}

/** What no file is called: perhaps an image of the store. The store is not looked into before it has to be. */
export interface StoredSource {
  readonly reference: string;
  /** The same, for what says where something is from. */
  readonly path: string;
}

/** Where the bytes are, and which image is meant. */
export interface Input {
  readonly source: { readonly path: string } | StreamSource | StoredSource;
  readonly image: string | undefined;
  readonly transport: FileTransport | null;
}

/**
 * Finds what the user named: the first of the candidates that exists, else perhaps an image of the store.
 *
 * @throws LayersError ERR_LAYERS_TRANSPORT, ERR_LAYERS_INPUT_MISSING, ERR_LAYERS_TERMINAL, ERR_LAYERS_USAGE
 */
export function findInput(name: string, flags: ImageFlags, session: Pick<Session, 'stdin' | 'env'>): Input {
  const parsed = parseImageName(name);
  const { transport } = parsed;
  if (parsed.kind === 'stdin') {
    if (session.stdin.isTTY) {
      throw new CommandError('ERR_LAYERS_TERMINAL', 'standard input is a terminal: no archive to read', {
        hint: 'pipe an archive into the command: docker save IMAGE | layers inspect -',
      });
    }
    return { source: { stream: session.stdin, path: '-' }, image: flags.image, transport };
  }
  const found = parsed.candidates.find(({ path }) => exists(path));
  if (found === undefined) {
    const inDaemon = daemonReference(name);
    if (inDaemon !== null)
      return { source: daemonSource(name, inDaemon, session), image: flags.image, transport };
    if (transport !== null || !mayBeStored(name)) throw missing(name, parsed);
    return { source: { reference: name, path: name }, image: flags.image, transport };
  }
  if (found.image !== null && flags.image !== undefined) {
    throw usageError(
      `the image is named twice: ${found.image} and ${flags.image}`,
      `leave out --image, or the reference behind ${found.path}`,
    );
  }
  const meantAsFile = found.path === name;
  return {
    source: sourceOf(found.path),
    image: found.image ?? flags.image,
    transport: meantAsFile ? null : transport,
  };
}

/** The image of an archive that the user means. The archive's name is added to errors. */
export function chooseImage(archive: Archive, input: Input, flags: ImageFlags): ImageDescription {
  try {
    return selectImage(archive, { image: input.image, platform: flags.platform });
  } catch (error) {
    throw withContext(error, { archive: archive.source.path });
  }
}

const NAMES = {
  'docker-archive': 'a docker-archive',
  'oci-archive': 'an oci-archive',
  oci: 'an oci layout',
} as const;

/** Throws ERR_LAYERS_TRANSPORT for an archive of another format than the transport before its name. */
export function checkTransport(source: SourceInfo, transport: FileTransport | null): void {
  if (transport === null || transport === source.format) return;
  // A hybrid archive is both.
  if (source.variant === 'hybrid' && transport === 'oci-archive') return;
  throw new CommandError('ERR_LAYERS_TRANSPORT', `not ${NAMES[transport]}: this is ${NAMES[source.format]}`, {
    archive: source.path,
    hint: `write ${source.format}:${source.path}, or the path alone`,
  });
}

/** Pipes with a name and what `<(…)` makes pass once, as standard input does. */
function sourceOf(path: string): Input['source'] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return { path };
  return { stream: createReadStream(path, { highWaterMark: 256 * 1024 }), path };
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What lies in a folder that may not be searched is for the reader to complain about.
    return systemCode(error) === 'EACCES';
  }
}
