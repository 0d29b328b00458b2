import type { Digest } from '../../digest/digest.js';
import { computableAlgorithmOf } from '../../digest/digest.js';
import type { ArchiveFile, ArchiveReader } from '../archive/archive-reader.js';
import { compressionOf, indexLayer } from '../layers/index-layer.js';
import { indexBytes, type LayerReadOptions } from '../layers/layer-sink.js';
import type { ImageDescription, LayerDescription } from './description.js';

/**
 * Returns a test whether the layers of an image have the DiffIDs that its config declares. Reads layers whose declared
 * digest does not decide, each once: only where two documents of an archive disagree, which is rare.
 */
export function createAgreement(reader: ArchiveReader): (image: ImageDescription) => boolean {
  const known = new Map<string, readonly Digest[]>();
  const agrees = (layer: LayerDescription): boolean => {
    const { diffId, digest, file, data } = layer;
    if (diffId === null) return false;
    // An uncompressed layer has its DiffID as its digest.
    if (digest === diffId) return true;
    if (file === null && data === null) return false;
    const key = `${file?.name ?? layer.name} ${diffId.slice(0, diffId.indexOf(':'))}`;
    const diffIds = known.get(key) ?? computedDiffIds(reader, file, data, diffId);
    known.set(key, diffIds);
    return diffIds.includes(diffId);
  };
  return ({ layers, config }) => layers.length === config.diffIds.length && layers.every(agrees);
}

function computedDiffIds(
  reader: ArchiveReader,
  file: ArchiveFile | null,
  data: Uint8Array | null,
  diffId: Digest,
): readonly Digest[] {
  const options: LayerReadOptions = {
    storedDigests: [],
    tarDigests: [computableAlgorithmOf(diffId) ?? 'sha256'],
    fingerprintKey: null,
  };
  if (data !== null) return indexBytes(data, options).diffIds;
  const bytes = file === null ? null : reader.layer(file);
  if (bytes === null) return [];
  // Of a stream, the digests are those that were computed as it passed.
  if (bytes.from === 'stream') return bytes.index.diffIds;
  const { source } = bytes;
  const task = {
    source,
    compression: compressionOf(source),
    verifyRaw: true,
    expectedDiffId: null,
    progress: null,
  };
  return indexLayer({ ...options, ...task }).diffIds;
}
