import type { ComputableAlgorithm } from '../../digest/digest.js';
import type { FileRange } from '../../io/file-bytes.js';
import type { HashRing } from './hash-ring.js';
import type { LayerTask } from './index-layer.js';

/** A job for a worker thread, as plain data. */
export type LayerJob =
  /** Returns a LayerIndex. With a ring, writes the uncompressed bytes to it and computes no digests. */
  | { readonly do: 'index'; readonly task: LayerTask; readonly ring: HashRing | null }
  /** Returns the digests of the bytes of a ring. */
  | { readonly do: 'hash'; readonly ring: HashRing; readonly algorithms: readonly ComputableAlgorithm[] }
  /** Returns the digests of a blob as stored. */
  | { readonly do: 'digest'; readonly range: FileRange; readonly algorithms: readonly ComputableAlgorithm[] };
