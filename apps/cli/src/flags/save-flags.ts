import { usageError } from '../command-error.js';
import type { ArchiveCompression, OutputFormat, WholeCompression } from '../documents/archive-form.js';
import type { ImageFlags, Session } from '../session.js';
import { compressionOfName } from '../write/archive-compression.js';
import { outputPath, refuseEarly } from '../write/check-output.js';
import { parseOutputName } from '../write/output-name.js';
import { registryOutput } from '../write/registry-output.js';
import type { Output } from '../write/write-output.js';

/** The output of `save`. */
export interface SaveOutput extends Output {
  readonly force: boolean;
}

export interface SaveFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly compress?: ArchiveCompression;
}

/**
 * Returns where and how to write the images: by default to standard output; compressed as the file's name says. Throws
 * ERR_LAYERS_USAGE, ERR_LAYERS_TERMINAL and ERR_LAYERS_OUTPUT_EXISTS, before anything is read.
 */
export function saveOutput(flags: SaveFlags, session: Session): SaveOutput {
  const inRegistry = registryOutput(flags.output, flags.format);
  if (inRegistry !== null) {
    if (flags.compress === undefined) return { ...inRegistry, force: false };
    throw usageError(
      'docker:// excludes --compress, because a registry gets no archive',
      'leave it out; layers repack --compression gzip compresses layers',
    );
  }
  const named = parseOutputName(flags.output === undefined ? '-' : outputPath(flags.output), flags.format);
  if (named.reference !== undefined) {
    throw usageError(
      'images are saved under their own names',
      `leave out :${named.reference}; layers tag gives an image another name`,
    );
  }
  const path = outputPath(named.path);
  const { format } = named;
  const { compress, force = false } = flags;
  if (format === 'oci-dir' && compress !== undefined && compress !== 'none') {
    throw usageError('a directory is not compressed', 'leave out --compress, or choose another --format');
  }
  if (path === '-' && flags.json === true) {
    throw usageError('--json and the archive cannot share standard output', 'name a file with -o');
  }
  const compression = compressionOf(path, format, compress);
  refuseEarly({ path, format }, force, session);
  return { path, format, force, compression };
}

function compressionOf(
  path: string,
  format: OutputFormat,
  compress: ArchiveCompression | undefined,
): WholeCompression {
  if (compress !== undefined) return compress === 'none' ? null : compress;
  return format === 'oci-dir' ? null : compressionOfName(path, ', or add --compress');
}
