// The groups of commands to measure. The commands of a group run in turn on the same bytes.
import { diffGroups } from './groups/diff.mjs';
import { exportGroups } from './groups/export.mjs';
import { extractGroups } from './groups/extract.mjs';
import { growthGroups } from './groups/growth.mjs';
import { inspectGroups } from './groups/inspect.mjs';
import { listGroups } from './groups/list.mjs';
import { loadGroups } from './groups/load.mjs';
import { packagesGroups } from './groups/packages.mjs';
import { registryGroups } from './groups/registry.mjs';
import { repackGroups } from './groups/repack.mjs';
import { spreadGroups } from './groups/spread.mjs';
import { squashGroups } from './groups/squash.mjs';
import { startGroups } from './groups/start.mjs';
import { tarGroups } from './groups/tar.mjs';
import { verifyGroups } from './groups/verify.mjs';

const makers = [
  startGroups,
  spreadGroups,
  inspectGroups,
  verifyGroups,
  listGroups,
  packagesGroups,
  diffGroups,
  exportGroups,
  squashGroups,
  repackGroups,
  loadGroups,
  registryGroups,
  extractGroups,
  tarGroups,
  growthGroups,
];

/**
 * Returns the groups that can be measured with the existing images. Each lists its missing tools.
 *
 * @param {import('./context.mjs').Context} context
 * @returns {import('./context.mjs').Group[]}
 */
export const createGroups = (context) => makers.flatMap((make) => make(context));
