import type { LayerCache } from '@layers/core/image';
import type { Descriptor } from '@layers/core/oci';
import { InvalidToc, MAX_TOC_BYTES, parseZtoc, type Ztoc } from '@layers/core/toc';
import type { Repository } from '../client/repository.js';

/**
 * Fetches the index that SOCI has of a layer, from the cache or the registry. Its digest is checked.
 *
 * @param layerBytes size of the layer as stored
 * @throws InvalidToc, and LayersError as `Repository.blob`
 */
export async function fetchZtoc(
  repository: Repository,
  { digest, size }: Descriptor,
  layerBytes: number,
  cache: LayerCache | undefined,
): Promise<Ztoc> {
  if (size > MAX_TOC_BYTES) throw new InvalidToc(`it has more than ${MAX_TOC_BYTES} bytes`);
  const kept = cache?.toc(digest) ?? null;
  if (kept !== null) return parseZtoc(kept, layerBytes);
  const pieces: Uint8Array[] = [];
  for await (const piece of repository.blob({ digest, size }, { checksDigest: true })) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const ztoc = parseZtoc(bytes, layerBytes);
  cache?.keepToc(digest, bytes);
  return ztoc;
}
