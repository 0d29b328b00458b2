import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** The folder of the package of the command, as npm publishes it. */
export const cli = join(root, 'apps/cli');

export const manifest = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8'));

/** Returns the paths of the files that the command needs to run, from the folder of its package. */
export function programFiles() {
  return ['package.json', ...['bin', 'dist'].flatMap((folder) => filesBelow(join(cli, folder)))].filter(
    (path) => !path.startsWith('dist/man/') && !path.endsWith('.txt'),
  );
}

/** Returns the paths of the manual pages, from the folder of the package. */
export function manualPages() {
  return filesBelow(join(cli, 'dist/man'));
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(cli, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, '/'))
    .sort();
}
