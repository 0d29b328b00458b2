import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { daemonReference } from '../input/image-name.js';
import type { Output } from './write-output.js';

/** A Docker Engine as output, with the name of the image. */
export interface DaemonOutput extends Output {
  /** The image's name with its tag, as docker shows it. */
  readonly daemon: string;
}

export function isDaemonOutput(output: Output): output is DaemonOutput {
  return 'daemon' in output;
}

/**
 * Parses the output `docker-daemon:NAME`; returns null for other outputs.
 *
 * @throws LayersError ERR_LAYERS_USAGE for an invalid name, and for a format that no engine loads
 */
export function daemonOutput(
  name: string | undefined,
  format: OutputFormat | undefined,
): DaemonOutput | null {
  const text = name === undefined ? null : daemonReference(name);
  if (text === null) return null;
  const reference = tryParseReference(text);
  if (reference === undefined || reference.digest !== undefined) {
    const what =
      text === ''
        ? 'no image name after docker-daemon:'
        : `${JSON.stringify(text)} is not a valid image name`;
    throw usageError(
      what,
      'write docker-daemon:[registry/]name[:tag] in lower case, such as docker-daemon:app:1.0',
    );
  }
  if (format === 'oci-dir') {
    throw usageError(
      'docker-daemon: excludes --format oci-dir',
      'leave out --format: every Docker Engine accepts the default',
    );
  }
  const daemon = familiarReference(withDefaultTag(reference));
  return { path: `docker-daemon:${daemon}`, format: format ?? 'hybrid', compression: null, daemon };
}
