import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestRange } from '../../digest/digest-range.js';
import type { ArchiveReader } from './archive-reader.js';

/** The digest of a member's bytes, or null where they streamed by without it. Throws ERR_LAYERS_READ. */
export function blobDigest(
  members: ArchiveReader,
  name: string,
  algorithm: ComputableAlgorithm,
): Digest | null {
  const member = members.find(name);
  const place = member === null ? null : members.layer(member);
  if (place === null) return null;
  const digests = place.from === 'stream' ? place.index.digests : digestRange(place.range, [algorithm]);
  return digests.find((digest) => digest.startsWith(`${algorithm}:`)) ?? null;
}
