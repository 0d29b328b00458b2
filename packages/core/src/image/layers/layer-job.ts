import type { ComputableAlgorithm } from '../../digest/digest.js';
import type { SourceReference } from '../../io/byte-source.js';
import type { HashRing } from './hash-ring.js';
import type { LayerTask } from './index-layer.js';

/** A job for a worker thread, as plain data. */
export type LayerJob =
  /** Returns a LayerIndex. With a ring, writes the uncompressed bytes to it and computes no digests. */
  | {
      readonly do: 'index';
      readonly task: Omit<LayerTask, 'source' | 'observe'>;
      readonly source: SourceReference;
      readonly ring: HashRing | null;
    }
  /** Returns the encoded access points of a blob; null where this version of Node cannot find them. */
  | { readonly do: 'points'; readonly source: SourceReference; readonly compression: 'gzip' | 'zstd' }
  /** Returns the digests of the bytes of a ring. */
  | { readonly do: 'hash'; readonly ring: HashRing; readonly algorithms: readonly ComputableAlgorithm[] }
  /** Returns the digests of a blob as stored. */
  | {
      readonly do: 'digest';
      readonly source: SourceReference;
      readonly algorithms: readonly ComputableAlgorithm[];
    };
