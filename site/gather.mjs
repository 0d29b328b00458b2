// Writes all pages of the site to one folder: those of docs/ and of other folders, and those made from records and schemas.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { commandPages } from './commands.mjs';
import { makeDownloads, showSiteOnly } from './downloads.mjs';
import { isExternal, relativeLink, replaceLinks, targetOf } from './links.mjs';
import { writtenPages } from './pages.mjs';
import { loadRecords } from './records.mjs';
import { documentedSchemas, schemaPages } from './schemas.mjs';

/** Gathers the pages in `folder`. Throws an Error for a link to a file that does not exist. */
export async function gather(folder) {
  rmSync(folder, { recursive: true, force: true });
  const pages = writtenPages().map((page) => ({
    ...page,
    markdown: showSiteOnly(readFileSync(join(root, page.file), 'utf8')),
  }));
  const places = new Map(pages.map(({ file, place }) => [file, place]));
  const codes = codesIn(pages.find(({ place }) => place === CODES)?.markdown ?? '');
  for (const { file, place, markdown } of pages) {
    const text = rewrite(markdown, file, place, places, folder);
    write(join(folder, place), place === CODES ? withAnchors(text) : linkCodes(text, place, codes));
  }
  const records = await loadRecords(join(root, 'site/build/records'));
  const made = [...commandPages(records, mentionsIn(pages), documentedSchemas()), ...schemaPages()];
  for (const { place, markdown } of made) write(join(folder, place), markdown);
  cpSync(join(root, 'apps/cli/schemas'), join(folder, 'public/schemas'), { recursive: true });
  makeDownloads(join(folder, 'public/downloads'));
  return [...pages, ...made];
}

/** The page of the codes of errors and findings. */
const CODES = 'errors-and-findings.md';
const FIRST_CELL = /^\| (`[\w-]+`(?:, `[\w-]+`)*) \|/gm;
const CODE = /`([\w-]+)`/g;

/** Returns the codes that have a row. Throws an Error where one has two. */
function codesIn(markdown) {
  const codes = new Set();
  for (const [, cell] of markdown.matchAll(FIRST_CELL))
    for (const [, code] of cell.matchAll(CODE)) {
      if (codes.has(code)) throw new Error(`${CODES}: ${code} is explained twice`);
      codes.add(code);
    }
  return codes;
}

/** Gives each code an address, such as `#ERR_LAYERS_READ`. */
const withAnchors = (markdown) =>
  markdown.replaceAll(FIRST_CELL, (row) => row.replaceAll(CODE, '<a id="$1" href="#$1">`$1`</a>'));

/** Links codes of errors in the text to their rows. */
function linkCodes(markdown, place, codes) {
  if (place.startsWith('changes')) return markdown;
  return markdown.replaceAll(/(?<![[`])`(ERR_LAYERS_\w+)`(?!\])/g, (text, code) =>
    codes.has(code) ? `[${text}](${relativeLink(place, CODES)}#${code})` : text,
  );
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Turns links between files of the repository into links between pages; other files are copied. */
function rewrite(markdown, file, place, places, folder) {
  return replaceLinks(markdown, ({ isImage, label, target }) => {
    const mark = isImage ? '!' : '';
    if (target.startsWith('/downloads/')) return `[${label}](${target}){target="_self"}`;
    if (isExternal(target) || target.startsWith('#') || target.startsWith('/'))
      return `${mark}[${label}](${target})`;
    const { file: found, fragment } = targetOf(file, target);
    const path = join(root, found);
    if (!existsSync(path)) throw new Error(`${file}: ${target} does not exist`);
    const isFolder = statSync(path).isDirectory();
    const page = places.get(found) ?? (isFolder ? places.get(`${found}/README.md`) : undefined);
    if (page !== undefined)
      return `[${label}](${relativeLink(place, page)}${fragment ? `#${fragment}` : ''})`;
    // A folder of sources is not on the site.
    if (isFolder) return label;
    cpSync(path, join(folder, 'public/files', found), { recursive: true });
    return `${mark}[${label}](/files/${found})${isImage ? '' : '{target="_self"}'}`;
  });
}

/** Returns the pages for users that run a command in a block, by command: those that run it most often first. */
function mentionsIn(pages) {
  const mentions = new Map();
  for (const { place, markdown } of pages) {
    if (/^(?:decisions|changes|benchmarks|library|internals)\//.test(place)) continue;
    const title = /^# (.+)$/m.exec(markdown)?.[1];
    if (title === undefined) continue;
    const counts = new Map();
    for (const [, block = ''] of markdown.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)) {
      for (const [, name = ''] of block.matchAll(/\blayers ([a-z-]+)/g))
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, count] of counts) {
      mentions.set(name, [...(mentions.get(name) ?? []), { title, place, count }]);
    }
  }
  for (const list of mentions.values()) list.sort((a, b) => b.count - a.count).splice(5);
  return mentions;
}
