// What is measured: groups of commands that run side by side on the same bytes.
import { diffGroups } from './groups/diff.mjs';
import { exportGroups } from './groups/export.mjs';
import { extractGroups } from './groups/extract.mjs';
import { growthGroups } from './groups/growth.mjs';
import { inspectGroups } from './groups/inspect.mjs';
import { listGroups } from './groups/list.mjs';
import { loadGroups } from './groups/load.mjs';
import { repackGroups } from './groups/repack.mjs';
import { squashGroups } from './groups/squash.mjs';
import { startGroups } from './groups/start.mjs';
import { tarGroups } from './groups/tar.mjs';
import { verifyGroups } from './groups/verify.mjs';

const makers = [
  startGroups,
  inspectGroups,
  verifyGroups,
  listGroups,
  diffGroups,
  exportGroups,
  squashGroups,
  repackGroups,
  loadGroups,
  extractGroups,
  tarGroups,
  growthGroups,
];

/**
 * The groups that can be measured with the images that are there; each lists the tools that it lacks.
 *
 * @param {import('./context.mjs').Context} context
 * @returns {import('./context.mjs').Group[]}
 */
export const createGroups = (context) => makers.flatMap((make) => make(context));
