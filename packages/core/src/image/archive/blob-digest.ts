import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestSource } from '../../digest/digest-source.js';
import type { ArchiveReader } from './archive-reader.js';

/** Returns the digest of a file's bytes; null for a stream that was read without digests. Throws ERR_LAYERS_READ. */
export function blobDigest(
  reader: ArchiveReader,
  name: string,
  algorithm: ComputableAlgorithm,
): Digest | null {
  const file = reader.find(name);
  const bytes = file === null ? null : reader.layer(file);
  if (bytes === null) return null;
  const digests = bytes.from === 'stream' ? bytes.index.digests : digestSource(bytes.source, [algorithm]);
  return digests.find((digest) => digest.startsWith(`${algorithm}:`)) ?? null;
}
