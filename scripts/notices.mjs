import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/**
 * Returns the licences of the packages of which code is in a bundle.
 *
 * @param outputs the entries of `outputs` in the metafiles of esbuild
 * @param here the directory that paths in the metafiles start from
 * @param name what has the code, for the first line
 */
export function notices(outputs, { here, name }) {
  const folders = new Set();
  for (const [, { inputs }] of outputs) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(resolve(here, folder));
    }
  }
  const sections = [...folders]
    .map((folder) => section(folder, here))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const rule = '-'.repeat(80);
  const head = `${name} holds code of the following packages, under the licences given with each.\n`;
  return [head, ...sections.map(({ title, text }) => `${rule}\n${title}\n\n${text}\n`)].join('\n');
}

function section(folder, here) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const by = typeof author === 'string' ? author : author?.name;
  const title = `${name} ${version} (${license})`;
  if (license === undefined && file === undefined) {
    throw new Error(`${relative(here, folder)} states no licence; it may not be bundled`);
  }
  const text =
    file === undefined
      ? `Copyright ${by ?? 'its authors'}, ${homepage ?? name}`
      : readFileSync(join(folder, file), 'utf8').trim();
  return { title, text };
}
