import type { Changeset } from '@layers/core/rootfs';

/** Returns the changeset with times in whole seconds, none later than `latest`. */
export function withTimes(changeset: Changeset, latest: number): Changeset {
  return {
    ...changeset,
    mtime: changeset.mtime.map((time) => Math.min(time, latest)),
    mtimeNs: null,
  };
}
