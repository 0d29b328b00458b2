import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { root } from '../../scripts/setup.mjs';
import { slugOf } from '../links.mjs';

// Below site/, so that the code of the pages finds the libraries there.
const pages = join(root, 'site/build/pages');

/** Pages whose own title says too little in a list. */
const TITLES = {
  command: 'The command in your shell',
  action: 'An action of GitHub',
  examples: 'Images to try it on',
};

/** Returns an item of the sidebar, with the title of the page. */
function item(place) {
  const [, title = place] = /^# (.+)$/m.exec(readFileSync(join(pages, `${place}.md`), 'utf8')) ?? [];
  return { text: TITLES[place] ?? title.replaceAll(/[`\\]/g, ''), link: `/${place}` };
}
const items = (...places) => places.map(item);
const below = (folder) => [
  ...(readdirSync(join(pages, folder)).includes('index.md')
    ? [{ text: 'Overview', link: `/${folder}/`.replace('/./', '/') }]
    : []),
  ...readdirSync(join(pages, folder))
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => item(`${folder}/${name.slice(0, -3)}`.replace('./', ''))),
];
const group = (text, list, collapsed = true) => ({ text, items: list, collapsed });

const groups = [
  group(
    'Guide',
    items(
      'start',
      'install',
      'command',
      'understand',
      'explore',
      'report',
      'web',
      'compare',
      'check',
      'action',
      'rewrite',
      'store',
      'registry',
      'fleet',
      'fleet-at-scale',
      'reproducible',
      'loaders',
      'cache',
      'examples',
    ),
    false,
  ),
  group('Recipes', below('recipes'), false),
  group('Coming from', below('coming-from'), false),
  group('Commands', below('reference/commands')),
  group('Output and errors', items('json', 'format', 'errors-and-findings', 'compatibility')),
  group('JSON Schemas', below('reference/json')),
  group('Library', [
    ...items('library'),
    { text: 'All functions and types', link: '/api/index.html', target: '_self' },
    ...below('library'),
  ]),
  group('Benchmarks', [...items('speed'), ...below('benchmarks')]),
  group('Internals', [...below('internals'), ...items('security'), { text: 'Changes', link: '/changes' }]),
  group('Decisions', below('decisions')),
];
const listed = new Set(groups.flatMap(({ items: list }) => list.map(({ link }) => link)));
const unlisted = below('.').filter(({ link }) => link !== '/' && !listed.has(link));
if (unlisted.length > 0) throw new Error(`the sidebar lacks ${unlisted.map(({ link }) => link).join(', ')}`);

/** Groups with many pages: only their own pages list them, all others have a link to the overview. */
const LARGE = { 'JSON Schemas': '/reference/json/', Internals: '/internals/', Decisions: '/decisions/' };
const sidebarWith = (open) =>
  groups.map((each) =>
    LARGE[each.text] === undefined || each.text === open
      ? { ...each, collapsed: each.text === open ? false : each.collapsed }
      : { text: each.text, link: LARGE[each.text] },
  );
const sidebar = {
  ...Object.fromEntries(Object.entries(LARGE).map(([title, folder]) => [folder, sidebarWith(title)])),
  '/': sidebarWith(undefined),
};

/** Returns the first paragraph of a page, as search engines show it below the title. */
function descriptionOf(place) {
  const [, first = ''] =
    /^# .+\n+((?:[^#`|<\n-].*\n)+)/m.exec(readFileSync(join(pages, place), 'utf8')) ?? [];
  return first
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*\\]/g, '')
    .replaceAll('\n', ' ')
    .trim();
}

/** Three layers. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#4a6ee0"><path d="M1 2h14v3H1zM1 7h14v3H1zM1 12h8v3H1z"/></svg>';

export default defineConfig({
  title: 'layers',
  titleTemplate: ':title | layers: container images as files',
  description: 'Container images as files: read, understand, verify, rewrite and move them without Docker',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: pages,
  // typedoc copies Markdown, too.
  srcExclude: ['public/**'],
  outDir: join(root, 'build/site'),
  cacheDir: join(root, 'site/build/cache'),
  // The pages of typedoc and files are not written by VitePress; a test opens every link of the built site.
  ignoreDeadLinks: [/^\/(?:api|downloads|files|schemas)\//],
  transformPageData(page) {
    const description = descriptionOf(page.relativePath);
    return description === '' ? {} : { description };
  },
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 5000 } },
  markdown: {
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    config(md) {
      // Templates such as {{.Path}} are text here, not expressions of Vue.
      for (const name of ['code_inline', 'code_block']) {
        const render = md.renderer.rules[name];
        md.renderer.rules[name] = (tokens, i, ...rest) => {
          tokens[i].attrSet('v-pre', '');
          return render(tokens, i, ...rest);
        };
      }
      const text = md.renderer.rules.text;
      md.renderer.rules.text = (...parts) => text(...parts).replaceAll('{{', '&#123;&#123;');
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/start' },
      { text: 'Recipes', link: '/recipes/' },
      { text: 'Commands', link: '/reference/commands/' },
      { text: 'Library', link: '/library' },
    ],
    sidebar,
    // Which part of the site a page belongs to: a sidebar lists only some.
    parts: groups,
    outline: [2, 3],
    search: { provider: 'local' },
    notFound: {
      title: 'This page does not exist',
      quote: 'It may have another name now. Search for it above, or begin at the first page.',
      linkLabel: 'the first page',
      linkText: 'First page',
    },
    footer: { message: 'MIT licence' },
  },
});
