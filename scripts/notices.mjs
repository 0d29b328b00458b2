import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { COMPILED, MIT } from './license-texts.mjs';

/**
 * Returns the licences of the packages of which code is in a bundle.
 *
 * @param outputs the entries of `outputs` in the metafiles of esbuild
 * @param here the directory that paths in the metafiles start from
 * @param name what has the code, for the first line
 */
export function notices(outputs, { here, name }) {
  const sections = bundledPackages(outputs, here)
    .flatMap((folder) => sectionsOf(folder, here))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const rule = '-'.repeat(80);
  const head = `${name} holds code of the following packages, under the licences given with each.\n`;
  return [head, ...sections.map(({ title, text }) => `${rule}\n${title}\n\n${text}\n`)].join('\n');
}

/** Returns the directories of the packages of which code is in a bundle. */
export function bundledPackages(outputs, here) {
  const folders = new Set();
  for (const [, { inputs }] of outputs) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(resolve(here, folder));
    }
  }
  return [...folders].sort();
}

function sectionsOf(folder, here) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const textOf = (pattern) =>
    readdirSync(folder)
      .filter((entry) => pattern.test(entry))
      .map((entry) => readFileSync(join(folder, entry), 'utf8').replaceAll('\r\n', '\n').trim());
  const texts = [...textOf(/^(?:licen[cs]e|copying)(?:\.|$)/i).slice(0, 1), ...textOf(/^notice(?:\.|$)/i)];
  if (texts.length === 0) {
    if (license !== 'MIT')
      throw new Error(`${relative(here, folder)} has no copy of its licence; it may not be bundled`);
    const by = typeof author === 'string' ? author : author?.name;
    texts.push(`Copyright ${by ?? 'its authors'}, ${homepage ?? name}\n\n${MIT}`);
  }
  const own = { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
  if (!(name in COMPILED)) return [own];
  const compiled = COMPILED[name];
  return [own, { title: `${compiled.name}, compiled in ${name} (${compiled.license})`, text: compiled.text }];
}
