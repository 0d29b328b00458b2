import { Kind, NONE } from '@layers/core/rootfs';
import type { AppendPlan } from './append-options.js';
import type { LayerOrder } from './layer-order.js';
import type { LayerStack } from './layer-stack.js';
import { NodeStatus } from './node-status.js';

type Counts = Pick<
  AppendPlan,
  'files' | 'directories' | 'symlinks' | 'others' | 'deleted' | 'parents' | 'contentBytes'
>;

/** Counts what the new layer will contain. */
export function countPlan({ after }: LayerStack, statuses: Uint8Array, order: LayerOrder): Counts {
  const counts = {
    files: 0,
    directories: 0,
    symlinks: 0,
    others: 0,
    deleted: 0,
    parents: 0,
    contentBytes: 0,
  };
  statuses.forEach((status, node) => {
    if (status === NodeStatus.deleted) counts.deleted++;
    else if (status === NodeStatus.parent) counts.parents++;
    else if (status === NodeStatus.changed) {
      const kind = after.nodes.kindOf(node);
      if (kind === Kind.file) counts.files++;
      else if (kind === Kind.directory) counts.directories++;
      else if (kind === Kind.symlink) counts.symlinks++;
      else counts.others++;
    }
  });
  order.contents.forEach((column, layer) => {
    const size = after.layers[layer]?.size;
    column?.forEach((node, entry) => {
      if (node !== NONE) counts.contentBytes += size?.[entry] ?? 0;
    });
  });
  return counts;
}
