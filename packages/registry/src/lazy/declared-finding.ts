import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';

const SOURCES = {
  estargz: 'its table of contents (eStargz) declares',
  'zstd:chunked': 'its table of contents (zstd:chunked) declares',
  soci: 'an index (SOCI) declares',
  'soci-referrer': 'an index (SOCI), which the manifest does not name, declares',
} as const;

/** Returns the finding about a layer whose files are only declared. */
export function declaredBy(source: keyof typeof SOURCES, digest: Digest): Finding {
  const message = `the files of a layer are those that ${SOURCES[source]}; the layer was not read`;
  return createFinding('toc-declared', message, { digest });
}
