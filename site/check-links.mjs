// Prints each link of the pages that leads to no file or heading, and each path in docs/internals/ that does not exist.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { headingsOf, isExternal, replaceLinks, targetOf } from './links.mjs';
import { writtenPages } from './pages.mjs';

/** Returns what is wrong with a page, given its text. */
export function problemsOf(file, markdown) {
  const problems = [];
  replaceLinks(markdown, ({ target }) => {
    // `/start` is a page of the site; VitePress checks it.
    if (!isExternal(target) && !target.startsWith('/') && !leadsSomewhere(file, target, markdown))
      problems.push(`${file}: ${target}`);
    return '';
  });
  if (file.startsWith('docs/internals/')) {
    for (const [, path = ''] of markdown.matchAll(/`((?:packages|apps|scripts|docs|test|site)\/[\w./-]+)`/g))
      if (!/[A-Z]{4}/.test(path) && !existsSync(join(root, path))) problems.push(`${file}: ${path}`);
  }
  return problems;
}

function leadsSomewhere(file, target, markdown) {
  const { file: found, fragment } = targetOf(file, target);
  const path = join(root, found);
  if (found === file) return headingsOf(markdown).includes(fragment);
  if (!existsSync(path)) return false;
  if (fragment === undefined) return true;
  const page = statSync(path).isDirectory() ? join(path, 'README.md') : path;
  return existsSync(page) && headingsOf(readFileSync(page, 'utf8')).includes(fragment);
}

if (process.argv[1] === import.meta.filename) {
  const files = ['README.md', ...writtenPages().map(({ file }) => file)];
  for (const file of files)
    for (const problem of problemsOf(file, readFileSync(join(root, file), 'utf8'))) console.log(problem);
}
