import { CommandError, usageError } from '../command-error.js';
import { shellWord } from '../output/shell-word.js';

/** The transports of containers-transports(5) that name a file or a directory. */
export const FILE_TRANSPORTS = ['docker-archive', 'oci-archive', 'oci', 'dir'] as const;
export type FileTransport = (typeof FILE_TRANSPORTS)[number];

const DAEMON = 'docker-daemon:';

/** Whether a name is that of an image in a Docker Engine. */
export function isDaemonName(name: string): boolean {
  return name.startsWith(DAEMON);
}

/** Returns the reference after `docker-daemon:`; null for other names. */
export function daemonReference(name: string): string | null {
  return isDaemonName(name) ? name.slice(DAEMON.length) : null;
}

const STORE = 'store:';

/** Returns the reference after `store:`, an image of the local store; null for other names. */
export function storeReference(name: string): string | null {
  return name.startsWith(STORE) ? name.slice(STORE.length) : null;
}

/**
 * Returns the name of an image in the store, which may be written with or without `store:`.
 *
 * @throws LayersError ERR_LAYERS_USAGE for `store:` alone
 */
export function nameInStore(name: string): string {
  const reference = storeReference(name);
  if (reference !== '') return reference ?? name;
  throw usageError('no image name after store:', 'write store:NAME[:TAG]; layers images lists the images');
}

/** A parsed name of an image. */
export type ImageName =
  | { readonly kind: 'stdin'; readonly transport: FileTransport | null }
  | {
      readonly kind: 'path';
      readonly transport: FileTransport | null;
      /** In the order in which they are tried: the first existing path wins. */
      readonly candidates: readonly PathCandidate[];
    };

export interface PathCandidate {
  readonly path: string;
  /** The reference after the path, in the notation of `--image`. */
  readonly image: string | null;
}

/**
 * Parses the name of an image on the command line: `app.tar`, `dir/`, `-`, `docker-archive:FILE[:REF]`,
 * `oci-archive:FILE[:REF]`, `oci:DIR[:REF]`, `dir:DIR`. A path may contain colons, so that there are several candidates.
 *
 * @throws LayersError ERR_LAYERS_TRANSPORT for transports that cannot be read, ERR_LAYERS_USAGE for an empty name
 */
export function parseImageName(name: string): ImageName {
  if (name === '')
    throw usageError(
      'the name of the image is empty',
      'name an archive, an OCI layout, or an image of the store',
    );
  if (name === '-') return { kind: 'stdin', transport: null };
  const transport = FILE_TRANSPORTS.find((known) => name.startsWith(`${known}:`));
  if (transport === undefined) {
    // A file can be named like a transport: `missing` refuses the name only if no such file exists.
    return { kind: 'path', transport: null, candidates: [{ path: name, image: null }] };
  }
  const rest = name.slice(transport.length + 1);
  if (rest === '') {
    throw usageError(`no file name after ${transport}:`, `write ${transport}:PATH[:REFERENCE]`);
  }
  if (rest === '-') return { kind: 'stdin', transport };
  const whole = { path: name, image: null };
  // A directory has one image, without a name.
  const paths = transport === 'dir' ? [{ path: rest, image: null }] : splits(rest);
  return { kind: 'path', transport, candidates: [...paths, whole] };
}

/** Returns the whole text as a path, then every split at a colon, the shortest path first. */
function splits(rest: string): PathCandidate[] {
  const candidates: PathCandidate[] = [{ path: rest, image: null }];
  for (let colon = rest.indexOf(':'); colon >= 0; colon = rest.indexOf(':', colon + 1)) {
    if (colon > 0) candidates.push({ path: rest.slice(0, colon), image: imageOption(rest.slice(colon + 1)) });
  }
  return candidates;
}

/**
 * Translates `@2` of containers-transports(5), which counts images from 0, to `#3` of `--image`, which counts from 1.
 */
function imageOption(reference: string): string | null {
  if (reference === '') return null;
  const index = /^@(\d{1,6})$/.exec(reference);
  return index === null ? reference : `#${Number(index[1]) + 1}`;
}

/** Transports that need a daemon, a registry or another store, and schemes of URLs, with what to do instead. */
const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['docker', 'write docker://NAME for an image in a registry, or store:NAME for one in the store'],
  ['containers-storage', 'write the image into a file first: podman save IMAGE -o FILE'],
  ['podman', 'write the image into a file first: podman save IMAGE -o FILE'],
  ['http', 'download the archive: curl -fL URL -o FILE'],
  ['https', 'download the archive: curl -fL URL -o FILE'],
  ['ftp', 'download the archive: curl -fL URL -o FILE'],
  ['s3', 'download the archive: aws s3 cp URL FILE'],
  ['gs', 'download the archive: gcloud storage cp URL FILE'],
  ['file', 'name the path alone, without file:'],
  ['ostree', 'copy the image into an archive first: skopeo copy ostree:REF oci-archive:FILE'],
]);

const REFERENCE = /^[a-z0-9][\w.-]*(?:[:/@][\w./:@-]+)?$/;
const FILE_LIKE = /^[./~]|\.(?:tar|tgz|tzst|txz|gz|zst|xz|bz2|oci|img)$|\/$/i;
const NEVER_STORED = /^[./~-]|\/$/;

/** Whether a name looks like that of a file, not of an image. */
export function isFileLike(name: string): boolean {
  return FILE_LIKE.test(name);
}

/** Whether a name is that of an archive or a layout where only images of the store, or of a registry, are meant. */
export function isFileName(name: string): boolean {
  if (storeReference(name) !== null || /^[a-z]+:\/\//.test(name)) return false;
  return (
    name === '-' || isFileLike(name) || FILE_TRANSPORTS.some((transport) => name.startsWith(`${transport}:`))
  );
}

/** Whether a name without a file can be an image of the store. */
export function mayBeStored(name: string): boolean {
  return !NEVER_STORED.test(name);
}

/**
 * Returns the error for a name of neither a file nor an image of the store: a missing file, a transport that is not
 * supported, or an image that is not loaded.
 *
 * @param hint what to do about an image that the store does not have
 */
export function missing(
  name: string,
  parsed: Extract<ImageName, { kind: 'path' }>,
  hint = 'layers load -i FILE loads an archive into the store; layers images lists its images',
): CommandError {
  const transport = /^([a-z][a-z0-9-]*):/.exec(name)?.[1] ?? '';
  const isAddress = transport !== '' && name.startsWith(`${transport}://`);
  const instead = UNREADABLE.get(transport) ?? (isAddress ? 'write the image into a file first' : undefined);
  if (parsed.transport === null && instead !== undefined) {
    const isUrl = isAddress && transport !== 'docker';
    const from = isUrl ? `the URL ${name}` : `${transport}:`;
    return new CommandError('ERR_LAYERS_TRANSPORT', `images cannot be read from ${from}`, {
      hint: isUrl ? instead.replace('URL', () => shellWord(name)) : instead,
    });
  }
  const path = parsed.candidates[0]?.path ?? name;
  if (parsed.transport === null && REFERENCE.test(name) && !FILE_LIKE.test(name)) {
    return new CommandError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `neither a file nor an image of the store is named ${name}`,
      { hint },
    );
  }
  return new CommandError('ERR_LAYERS_INPUT_MISSING', 'no such file or directory', {
    archive: parsed.transport === null ? path : shortest(parsed.candidates, path),
    hint: 'check the path; - reads an archive from standard input',
  });
}

/** Returns the most likely path if no candidate exists: the part up to the first colon. */
function shortest(candidates: readonly PathCandidate[], whole: string): string {
  return candidates[1]?.image === undefined ? whole : candidates[1].path;
}
