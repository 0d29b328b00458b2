import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';

/** The result of `layers pull-cost`. */
export interface PullCostDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** One for each image and the next one. */
  readonly updates: readonly PullUpdate[];
  readonly findings: readonly Finding[];
}

/** What a host that has image A transfers to get image B. */
export interface PullUpdate {
  readonly a: PulledImage;
  readonly b: PulledImage;
  readonly totals: PullTotals;
  /** The layers of B, from the base up. */
  readonly layers: readonly PulledLayer[];
}

export interface PulledImage {
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly layers: number;
}

export interface PullTotals {
  /** Bytes of all layer blobs of B, each once. */
  readonly layerBytes: number;
  /** Bytes of the blobs that A lacks, as containerd, podman and skopeo transfer them. */
  readonly fetchedBytes: number;
  /** The number of layers with these blobs. */
  readonly fetchedLayers: number;
  /**
   * Bytes that a Docker Engine with its own storage transfers: it keeps no blobs, and reuses a layer only on top of the same
   * layers.
   */
  readonly dockerBytes: number;
  /** Bytes of the manifest and the config, where A has others. */
  readonly documentBytes: number;
  /** Whether sizes are those of layers in an archive, which a registry stores in another compression. */
  readonly isEstimated: boolean;
  /** Contents of files that no layer of A has, each once, uncompressed; null where the layers were not read. */
  readonly newContentBytes: number | null;
  /** What they need compressed as their layers are: what transfers of single files (zstd:chunked) come near to. */
  readonly newFileBytes: number | null;
}

export interface PulledLayer {
  readonly layer: number;
  /** Null where no blob is declared, as in a docker-archive. */
  readonly digest: Digest | null;
  readonly diffId: Digest | null;
  readonly instruction: string | null;
  /** Bytes of the blob; null where they are not known. */
  readonly bytes: number | null;
  /** Whether a registry has the layer with another size. */
  readonly isEstimated: boolean;
  /** `shared`: A has the blob. `repeated`: an earlier layer of B has the same blob. */
  readonly state: 'fetched' | 'shared' | 'repeated';
  /** The layer of A with the same effect; null without one, and where the layers were not read. */
  readonly sameAs: SameLayer | null;
  /** Contents of files that neither A nor a lower layer of B has; null where the layer was not read. */
  readonly newContentBytes: number | null;
}

/** A layer of A that would not have to be fetched if its bytes were the same. */
export interface SameLayer {
  readonly layer: number;
  /** What makes the bytes differ; empty where it is the form of the tar. */
  readonly differs: readonly ('mtime' | 'order' | 'compression')[];
}
