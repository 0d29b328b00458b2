import { usageError } from '../command-error.js';
import type { ArchiveCompression } from '../documents/save.js';
import type { ImageFlags, Session } from '../program/session.js';
import { outputPath, refuseEarly } from '../write/check-output.js';
import { type OutputFormat, parseOutputName } from '../write/output-name.js';
import type { SaveOutput } from '../write/save-output.js';

export interface SaveFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly compress?: ArchiveCompression;
}

/**
 * Returns where and how to write the archive: by default to standard output; compressed as the file's name says. Throws
 * ERR_LAYERS_USAGE, ERR_LAYERS_TERMINAL and ERR_LAYERS_OUTPUT_EXISTS, before anything is read.
 */
export function saveOutput(flags: SaveFlags, session: Session): SaveOutput {
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
  const other = /\.(?:xz|bz2|txz|tbz2?|lz4|br)$/i.exec(path);
  if (other !== null && compress === undefined) {
    throw usageError(
      `archives are not compressed as ${other[0]}`,
      'name it .tar, .tar.gz or .tar.zst, or add --compress',
    );
  }
  if (format === 'oci-dir' && compress !== undefined && compress !== 'none') {
    throw usageError('a directory is not compressed', 'leave out --compress, or choose another --format');
  }
  if (path === '-' && flags.json === true) {
    throw usageError('--json and the archive cannot share standard output', 'name a file with -o');
  }
  refuseEarly({ path, format }, force, session);
  const wanted = compress ?? (format === 'oci-dir' ? 'none' : compressionOf(path));
  return { path, format, force, compression: wanted === 'none' ? null : wanted };
}

function compressionOf(path: string): ArchiveCompression {
  if (/\.(?:tar\.gz|tgz)$/i.test(path)) return 'gzip';
  return /\.(?:tar\.zst|tar\.zstd|tzst)$/i.test(path) ? 'zstd' : 'none';
}
