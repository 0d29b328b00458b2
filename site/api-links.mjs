// Links of the API pages to pages of the site: typedoc copies their Markdown to media/, which a browser shows as text.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { writtenPages } from './pages.mjs';

/** Returns the pages of docs/ by the name of their file. typedoc numbers names that two files have, such as `README.md`. */
function placesByName() {
  const files = writtenPages().filter(({ file }) => file.startsWith('docs/'));
  const names = files.map(({ file }) => basename(file));
  return new Map(
    files
      .filter(({ file }) => names.filter((name) => name === basename(file)).length === 1)
      .map(({ file, place }) => [basename(file), place]),
  );
}

/** Makes links to Markdown in an API page, such as `documents/json.html`, lead to the pages of the site. */
export function linkToSite(html, page, places = placesByName()) {
  return html.replaceAll(/href="(?:\.\.\/)*media\/([^"/#]+\.md)(#[^"]*)?"/g, (link, name, fragment = '') => {
    const place = places.get(name);
    if (place === undefined) return link;
    const target = posix.relative(posix.join('api', posix.dirname(page)), place.replace(/\.md$/, '.html'));
    return `href="${target}${fragment}"`;
  });
}

/** Does so in all API pages of a folder, and deletes the copies that no page links to any more. */
export function linkApiToSite(folder) {
  const places = placesByName();
  const pages = readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html'));
  for (const page of pages) {
    const html = readFileSync(join(folder, page), 'utf8');
    const linked = linkToSite(html, page, places);
    if (linked !== html) writeFileSync(join(folder, page), linked);
  }
  for (const name of places.keys()) rmSync(join(folder, 'media', name), { force: true });
}
