import { DEFAULT_LIMITS, type Limits, Quota, type Usage } from '../../rootfs/limits.js';
import type { LayerIndex } from '../layers/layer-index.js';

/** The limits that layers share. */
export interface SharedLimits {
  readonly limits?: Limits | undefined;
  readonly usage?: Usage | undefined;
}

/** Counts a layer that is not read against the limits, as one that is read counts. Throws ERR_LAYERS_LIMIT. */
export function countKept({ changeset }: LayerIndex, { limits = DEFAULT_LIMITS, usage }: SharedLimits): void {
  const quota = new Quota(limits, usage);
  quota.use(changeset.count + changeset.dirParent.length - 1, changeset.metadataBytes, 0);
  quota.flush();
}
