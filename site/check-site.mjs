// Prints each link of the built site that leads to no file of it or to no element. `node site/check-site.mjs [--no-api]`
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

const site = join(root, 'build/site');
const withApi = !process.argv.includes('--no-api');
// typedoc checks its own links.
const pages = readdirSync(site, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.html') && !name.startsWith('api/') && !name.startsWith('files/'));

const idsOf = new Map();
function hasId(file, id) {
  if (!idsOf.has(file)) {
    const ids = readFileSync(file, 'utf8').matchAll(/ id="([^"]*)"/g);
    idsOf.set(file, new Set([...ids].map(([, each]) => each)));
  }
  return idsOf.get(file).has(id);
}

let links = 0;
for (const page of pages) {
  const html = readFileSync(join(site, page), 'utf8');
  for (const [, target = ''] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
    const url = new URL(target.replaceAll('&amp;', '&'), `http://site.invalid/${page}`);
    if (url.host !== 'site.invalid' || url.pathname === '/404.html') continue;
    if (!withApi && url.pathname.startsWith('/api/')) continue;
    links++;
    const path = join(site, decodeURIComponent(url.pathname));
    const file = [path, `${path}.html`, join(path, 'index.html')].find(
      (each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true,
    );
    const id = decodeURIComponent(url.hash.slice(1));
    if (file === undefined || (id !== '' && file.endsWith('.html') && !hasId(file, id)))
      console.log(`${page}: ${target}`);
  }
}
console.error(`${links} links in ${pages.length} pages`);
