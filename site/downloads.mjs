// The archives of the recipes, for readers without a clone of the repository.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

/** Makes the archives in `folder`. */
export function makeDownloads(folder) {
  execFileSync(process.execPath, [join(root, 'examples/make-shop.mjs'), folder]);
}

/** Shows what a page says only on the site: text in a comment that begins with `<!-- site` on a line of its own. */
export const showSiteOnly = (markdown) => markdown.replaceAll(/^<!-- site\n([\s\S]*?\n)-->$/gm, '$1');
