import { usageError } from '../command-error.js';
import type { WholeCompression } from '../documents/archive-form.js';

/** Returns the compression that the name of an archive asks for. Throws ERR_LAYERS_USAGE for another than gzip and zstd. */
export function compressionOfName(path: string, otherwise = ''): WholeCompression {
  const suffix = /\.(?:gz|tgz|zst|zstd|tzst|xz|bz2|txz|tbz2?|lz4|lz|lzma|lzo|br|zip|7z|rar)$/i.exec(
    path,
  )?.[0];
  if (suffix === undefined) return null;
  if (/gz$/i.test(suffix)) return 'gzip';
  if (/zst/i.test(suffix)) return 'zstd';
  throw usageError(
    `archives are not compressed as ${suffix}`,
    `name it .tar, .tar.gz or .tar.zst${otherwise}`,
  );
}
