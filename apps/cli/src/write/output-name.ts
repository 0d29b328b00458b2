import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryParseReference } from '@layers/core/oci';
import { CommandError, usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { isFileLike } from '../input/image-name.js';

/** The output of `-o`, and the format of the images. */
export interface OutputName {
  /** `-` for standard output. */
  readonly path: string;
  readonly format: OutputFormat;
  /** The name of the image, which may follow the path of a transport. */
  readonly reference?: string;
}

/** The transports of containers-transports(5), with their formats. */
const TRANSPORTS: ReadonlyMap<string, OutputFormat> = new Map([
  ['docker-archive', 'docker'],
  ['oci-archive', 'oci'],
  ['oci', 'oci-dir'],
]);

/** Other transports of containers-transports(5) and of syft, and anything that looks like a URL. */
function isUnwritable(name: string): boolean {
  return /^(?:docker|dir|containers-storage|ostree|sif|tarball|podman|containerd|registry|singularity|oci-dir|oci-layout):|^[a-z][a-z0-9+.-]*:\/\//.test(
    name,
  );
}

/**
 * Refuses `app:2`: a name of an image, or a transport that does not exist. A path that exists, is in an existing directory,
 * or ends as an archive does, is a file.
 */
function refuseImageName(name: string): void {
  if (!isImageName(name)) return;
  throw usageError(
    `${name} is neither a file nor a known transport`,
    `write store:${name} for an image of the store, docker://${name} for one in a registry, or ./${name} for a file`,
  );
}

function isImageName(name: string): boolean {
  return !isFile(name) && (name.includes(':') || hasRegistry(name)) && tryParseReference(name) !== undefined;
}

/** Whether a name begins with a registry, and not with a directory: `ghcr.io/me/app`. */
function hasRegistry(name: string): boolean {
  const first = /^([^/]+)\/./.exec(name)?.[1] ?? '';
  return (/^[^.].*\./.test(first) || first === 'localhost') && !existsSync(first);
}

function isFile(name: string): boolean {
  return isFileLike(name) || existsSync(name) || (name.includes('/') && existsSync(dirname(name)));
}

/** Refuses an output for a tar of files that names a transport or an image. Throws ERR_LAYERS_TRANSPORT, ERR_LAYERS_USAGE. */
export function refuseImageOutput(name: string, what = 'a tar of files'): void {
  const transport = /^([a-z][a-z0-9+.-]*):/.exec(name)?.[1] ?? '';
  const isTransport = TRANSPORTS.has(transport) || transport === 'docker-daemon' || transport === 'store';
  if ((isTransport && !isFile(name)) || isUnwritable(name)) {
    throw new CommandError('ERR_LAYERS_TRANSPORT', `${what} cannot be written to ${transport}:`, {
      hint: `write ./${name} for a file; layers squash writes an image`,
    });
  }
  if (isImageName(name)) {
    throw usageError(`${name} is neither a file nor a known transport`, `write ./${name} for a file`);
  }
}

/**
 * Parses the value of `-o`: a path, `-`, or a transport with a path and optionally a name for the image, which begins
 * at the first colon as in containers-transports(5). Without a transport and `--format`, the format is hybrid.
 *
 * @throws LayersError ERR_LAYERS_USAGE; ERR_LAYERS_TRANSPORT for transports that cannot be written
 */
export function parseOutputName(name: string | undefined, format: OutputFormat | undefined): OutputName {
  if (name === undefined || name === '') {
    throw usageError('no output given', 'add -o FILE, or -o - for standard output');
  }
  const transport = /^([a-z][a-z0-9+.-]*):/.exec(name)?.[1] ?? '';
  if (transport === 'docker-daemon') {
    throw usageError('this command does not write to a Docker Engine', 'use layers load --to docker-daemon');
  }
  if (transport === 'store' && !isFile(name)) {
    throw usageError('this command does not write to the store', 'use layers tag or layers load');
  }
  if (isUnwritable(name)) {
    throw new CommandError('ERR_LAYERS_TRANSPORT', `images cannot be written to ${transport}:`, {
      hint:
        transport === 'docker' || transport === 'registry'
          ? 'layers push REF writes an image of the store to a registry; layers copy copies any image'
          : 'write an archive, and copy it: skopeo copy oci-archive:FILE DESTINATION',
    });
  }
  const stated = TRANSPORTS.get(transport);
  if (stated !== undefined && format !== undefined && stated !== format) {
    throw usageError(`${transport}: excludes --format ${format}`, 'leave out one of them');
  }
  if (stated === undefined) refuseImageName(name);
  const rest = stated === undefined ? name : name.slice(transport.length + 1);
  const colon = stated === undefined ? -1 : rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const form = stated ?? format ?? 'hybrid';
  if (path === '') throw usageError(`no file name after ${name}`, `write ${transport}:FILE`);
  if (path === '-' && form === 'oci-dir') {
    throw usageError(
      'a directory cannot be written to standard output',
      'name a directory with -o, or choose another --format',
    );
  }
  if (colon < 0) return { path, format: form };
  const reference = rest.slice(colon + 1);
  if (tryParseReference(reference) !== undefined) return { path, format: form, reference };
  throw usageError(
    `${JSON.stringify(reference)} is not a valid image name`,
    `write ${transport}:PATH[:NAME[:TAG]]; for a path with a colon add ./ and --format instead`,
  );
}
