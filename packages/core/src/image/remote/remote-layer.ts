import { decodeIndex } from '../../compression/indexed/index-format.js';
import { sniffCompression } from '../../compression/sniff.js';
import { computableAlgorithmOf, type Digest } from '../../digest/digest.js';
import type { Changeset } from '../../rootfs/changeset.js';
import { DEFAULT_LIMITS, type Limits, type Usage } from '../../rootfs/limits.js';
import { type BlobRanges, changesetOfEntries, changesetOfToc, type Toc, type Ztoc } from '../../toc/index.js';
import type { LayerBytes } from '../archive/archive-reader.js';
import type { LayerCache } from '../cache/layer-cache.js';
import { withTocFindings } from '../layers/check-toc.js';
import type { FingerprintKey } from '../layers/fingerprint.js';
import type { LayerIndex } from '../layers/layer-index.js';
import { LayerSink } from '../layers/layer-sink.js';
import { StoredTail } from '../layers/stored-tail.js';
import { indexedContents } from './indexed-contents.js';
import { tocContents } from './toc-contents.js';
import { ztocContents } from './ztoc-contents.js';

/** A layer on a server. */
export interface RemoteLayer {
  readonly digest: Digest;
  readonly diffId: Digest | null;
  /** Bytes of the blob. */
  readonly size: number;
  readonly blob: BlobRanges;
  /** Yields the blob from its start; its digest is checked at the end. */
  stored(): AsyncIterable<Uint8Array>;
}

export interface RemoteReading {
  readonly fingerprintKey: FingerprintKey;
  readonly cache?: LayerCache | undefined;
  /** Whether contents are read after the layer. */
  readonly contents: boolean;
  readonly limits?: Limits | undefined;
  /** Shared by the layers of an image. */
  readonly usage: Usage;
}

/**
 * Returns a layer as its table of contents declares it, without reading it. Throws ERR_LAYERS_LIMIT.
 *
 * @param fingerprints those of `declaredFingerprints`; null where contents are not compared
 */
export function layerOfToc(
  toc: Toc,
  { size, blob, stored }: RemoteLayer,
  { limits, usage }: RemoteReading,
  fingerprints: Uint8Array | null = null,
): LayerBytes {
  const { changeset, tarBytes } = changesetOfToc(toc, limits, usage);
  const compression = toc.format === 'estargz' ? 'gzip' : 'zstd';
  const listed = { ...changeset, fingerprints };
  const index = { ...declaredIndex(listed, size, tarBytes), compression } as const;
  return { from: 'stream', index, contents: tocContents(toc, blob, stored) };
}

/** Returns a layer as an index of SOCI declares it, without reading it. Throws ERR_LAYERS_LIMIT. */
export function layerOfZtoc(ztoc: Ztoc, layer: RemoteLayer, { limits, usage }: RemoteReading): LayerBytes {
  const changeset = changesetOfEntries(ztoc.entries, limits, usage);
  const index = { ...declaredIndex(changeset, layer.size, ztoc.tarBytes), compression: 'gzip' } as const;
  return { from: 'stream', index, contents: ztocContents(changeset, ztoc, layer) };
}

function declaredIndex(changeset: Changeset, storedBytes: number, tarBytes: number): LayerIndex {
  return {
    changeset,
    compression: null,
    storedBytes,
    tarBytes,
    digests: [],
    diffIds: [],
    inflated: false,
    problem: null,
    accessPoints: null,
    tocFindings: [],
  };
}

/** Returns a layer that an earlier run read; null where it must be read. Throws ERR_LAYERS_LIMIT. */
export function keptLayer(layer: RemoteLayer, reading: RemoteReading): LayerBytes | null {
  const { cache, contents } = reading;
  const index = cache?.remote(layer.digest, layer.size, reading) ?? null;
  if (cache === undefined || index === null) return null;
  const points = index.compression === null ? null : (cache.points(layer.digest) ?? undefined);
  if (points === undefined && contents && index.problem === null) return null;
  const { blob, stored } = layer;
  const kept = indexedContents(index.changeset, points, blob, stored);
  return { from: 'stream', index: asInFile(index), contents: kept, isKept: true };
}

/** Reads a layer from its start to its end, and keeps what was read of it. Throws the errors of `stored`, and ERR_LAYERS_LIMIT. */
export async function streamedLayer(layer: RemoteLayer, reading: RemoteReading): Promise<LayerBytes> {
  const { digest, diffId, blob, stored } = layer;
  const { cache, fingerprintKey, limits = DEFAULT_LIMITS, usage } = reading;
  const storedDigests = [computableAlgorithmOf(digest) ?? 'sha256'] as const;
  const tarDigests = [(diffId === null ? null : computableAlgorithmOf(diffId)) ?? 'sha256'] as const;
  const tail = new StoredTail(layer.size);
  let sink: LayerSink | null = null;
  for await (const chunk of stored()) {
    if (sink === null) {
      const compression = sniffCompression(chunk);
      sink = new LayerSink(
        compression,
        {
          storedDigests,
          tarDigests,
          fingerprintKey,
          limits,
          usage,
          checksum: true,
          accessPoints: compression !== null,
        },
        'portable',
      );
    }
    sink.write(chunk);
    tail.write(chunk);
  }
  sink ??= new LayerSink(null, { storedDigests, tarDigests, fingerprintKey, limits, usage }, 'portable');
  const index = withTocFindings(tail, sink.end());
  if (index.digests.includes(digest)) cache?.keepRemote(digest, index);
  const points =
    index.compression === null
      ? null
      : index.accessPoints === null
        ? undefined
        : (decodeIndex(index.accessPoints) ?? undefined);
  const read = indexedContents(index.changeset, points, blob, stored);
  return { from: 'stream', index: asInFile(index), contents: read };
}

/** Returns the index that a layer of a file would have: digests of uncompressed layers are computed to verify them only. */
function asInFile(index: LayerIndex): LayerIndex {
  return index.compression === null ? { ...index, digests: [], diffIds: [] } : index;
}
