import type { ComputableAlgorithm } from '../../digest/digest.js';
import type { FileRange } from '../../io/file-bytes.js';
import type { HashRing } from './hash-ring.js';
import type { LayerTask } from './index-layer.js';

/** What a worker thread can be asked to do. Plain data. */
export type LayerJob =
  /** Gives a LayerIndex; with a ring, the uncompressed bytes go there and no digests are computed. */
  | { readonly do: 'index'; readonly task: LayerTask; readonly ring: HashRing | null }
  /** Gives the digests of what comes through a ring. */
  | { readonly do: 'hash'; readonly ring: HashRing; readonly algorithms: readonly ComputableAlgorithm[] }
  /** Gives the digests of a blob as stored. */
  | { readonly do: 'digest'; readonly range: FileRange; readonly algorithms: readonly ComputableAlgorithm[] };
