// Which files of the repository are pages of the site, and where they stand there.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

const markdownIn = (folder) =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [])
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);

/** Packages that are published, in the order in which they build on each other. */
const PACKAGES = ['errors', 'tar', 'core', 'rewrite', 'store', 'registry', 'insight', 'fleet', 'gotemplate'];

/** Files outside docs/, by their place on the site. */
const ELSEWHERE = {
  'internals/architecture.md': 'ARCHITECTURE.md',
  'internals/contributing.md': 'CONTRIBUTING.md',
  'internals/packaging.md': 'packaging/README.md',
  'changes.md': 'CHANGELOG.md',
  'security.md': 'SECURITY.md',
  'action.md': 'action/README.md',
  'examples.md': 'examples/README.md',
  'command.md': 'apps/cli/README.md',
  'benchmarks/index.md': 'benchmarks/README.md',
  'benchmarks/results.md': 'benchmarks/RESULTS.md',
  'benchmarks/notes.md': 'benchmarks/NOTES.md',
  'changes/cli.md': 'apps/cli/CHANGELOG.md',
  ...Object.fromEntries(
    PACKAGES.flatMap((name) => [
      [`library/${name}.md`, `packages/${name}/README.md`],
      [`changes/${name}.md`, `packages/${name}/CHANGELOG.md`],
    ]),
  ),
};

/** Returns the path of a file of docs/ on the site. */
const placeOf = (file) => file.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md');

/** Returns the pages that are written by hand, each with its place on the site. */
export function writtenPages() {
  const folders = ['docs', 'docs/recipes', 'docs/coming-from', 'docs/internals', 'docs/decisions'];
  const pages = [
    { file: 'site/index.md', place: 'index.md' },
    ...folders.flatMap(markdownIn).map((file) => ({ file, place: placeOf(file) })),
    ...Object.entries(ELSEWHERE)
      .map(([place, file]) => ({ file, place }))
      .filter(({ file }) => existsSync(join(root, file))),
  ];
  const twice = pages.find(({ place }, i) => pages.findIndex((page) => page.place === place) < i);
  if (twice !== undefined) throw new Error(`${twice.file}: another file has the place ${twice.place}, too`);
  return pages;
}
