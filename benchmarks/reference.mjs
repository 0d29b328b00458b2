// The reference for all tools: the root file system of debian-raw.tar from Docker, or else from umoci.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContainer, startDaemon } from './daemon.mjs';
import { capture } from './measure.mjs';
import { mustEqual, treeOfDirectory, treeOfTar } from './tree-of.mjs';

const run = (...argv) => capture({ name: argv[0], argv });

async function byDocker({ cache, archive }, scratch) {
  const daemon = await startDaemon(cache);
  const file = `${scratch}.tar`;
  try {
    const container = createContainer(daemon.docker, archive('debian-raw'));
    run(...daemon.docker, 'export', '-o', file, container);
    return treeOfTar(file, scratch);
  } finally {
    await daemon.stop();
    rmSync(file, { force: true });
  }
}

function byUmoci({ archive, tool }, scratch) {
  const layout = `${scratch}-layout`;
  const folder = `${scratch}-root`;
  try {
    run(tool('skopeo'), 'copy', '-q', `docker-archive:${archive('debian-raw')}`, `oci:${layout}:image`);
    run(tool('umoci'), 'raw', 'unpack', '--image', `${layout}:image`, folder);
    return treeOfDirectory(folder);
  } finally {
    for (const path of [layout, folder]) rmSync(path, { recursive: true, force: true });
  }
}

async function make(context) {
  const scratch = join(context.cache, '.layers-reference');
  if (process.getuid?.() !== 0) return null;
  if (context.tool('dockerd') !== null && context.tool('docker') !== null)
    return { by: 'Docker', tree: await byDocker(context, scratch) };
  if (context.tool('umoci') !== null && context.tool('skopeo') !== null)
    return { by: 'umoci', tree: byUmoci(context, scratch) };
  return null;
}

function remembered(file, mtimeMs) {
  try {
    const known = JSON.parse(readFileSync(file, 'utf8'));
    return known.mtimeMs === mtimeMs ? known : null;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Returns `{ by, tree }`: the root file system of debian-raw.tar and the tool that extracted it; null without root or
 * such a tool. It stays in the cache until the image changes.
 *
 * @param {import('./context.mjs').Context} context
 * @returns {Promise<{ by: string, tree: import('./tree-of.mjs').Tree } | null>}
 */
export async function referenceTree(context) {
  const file = join(context.cache, 'reference.json');
  const { mtimeMs } = statSync(context.archive('debian-raw'));
  const known = remembered(file, mtimeMs);
  if (known !== null) return known;
  const made = await make(context);
  if (made !== null) writeFileSync(file, JSON.stringify({ mtimeMs, ...made }));
  return made;
}

/**
 * Compares the results of a group's jobs with the reference, if there is one.
 *
 * @param {import('./context.mjs').Context} context
 */
export function rootfsCheck(context) {
  let reference = null;
  return {
    begin: async () => {
      reference = await referenceTree(context);
    },
    /** Throws an error that describes the differences of a tree, if it has any. */
    agrees: (tree) => {
      if (reference !== null) mustEqual(tree(), reference.tree);
    },
    /** Returns the text for the report, after the group has begun. */
    said: () =>
      reference === null
        ? 'The results are not checked: that needs root, and Docker or umoci.'
        : `Each result was compared with the root file system that ${reference.by} makes of the image: paths, types, modes, owners, times, contents, links.`,
  };
}
