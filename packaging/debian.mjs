// Makes a package for Debian: `node packaging/debian.mjs [-o DIRECTORY]`. Prints its path. Needs dpkg-deb.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ensureBuilt, root } from '../scripts/setup.mjs';
import { DESCRIPTION, MAINTAINER, SUMMARY, version, withPackageTree } from './package-tree.mjs';
import { cli, manifest } from './program-files.mjs';
import { sourceDate } from './source-date.mjs';

const { values } = parseArgs({ options: { output: { type: 'string', short: 'o', default: '.' } } });
const NAME = manifest.name;
const seconds = sourceDate();

ensureBuilt();
mkdirSync(values.output, { recursive: true });
withPackageTree((tree) => {
  tree.addProgram();
  tree.addManualPages();
  tree.addCompletions({ zsh: 'zsh/vendor-completions' });
  addDocuments(tree);
  addControl(tree);
  const target = resolve(values.output, `${NAME}_${version}_all.deb`);
  // The times of files are those of the source.
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree.folder, target], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
  console.log(target);
});

function addDocuments({ add }) {
  const folder = `usr/share/doc/${NAME}`;
  const license = readFileSync(join(root, 'LICENSE'), 'utf8');
  // Debian has the text of this license once.
  const notices = readFileSync(join(cli, 'THIRD-PARTY-NOTICES.txt'), 'utf8').replaceAll(
    /^ *Apache License\n +Version 2\.0, January 2004\n.*?\n(?=-{80}$|CycloneDX)/gms,
    'On Debian systems, the text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.\n\n',
  );
  add(`${folder}/copyright`, `Source: ${manifest.homepage}\n\n${license}\n${notices}`);
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  const entry = `${NAME} (${version}) unstable; urgency=medium\n\n  * Version ${manifest.version}. CHANGELOG.md of the source lists the changes.\n\n -- ${MAINTAINER}  ${date}\n`;
  add(`${folder}/changelog.gz`, gzipSync(entry, { level: 9 }));
}

function addControl({ add, folder }) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  const kilobytes = files.reduce((sum, path) => sum + Math.ceil(statSync(join(folder, path)).size / 1024), 0);
  const sums = files.map(
    (path) =>
      `${createHash('md5')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}  ${path}\n`,
  );
  const fields = {
    Package: NAME,
    Version: version,
    Architecture: 'all',
    Maintainer: MAINTAINER,
    'Installed-Size': kilobytes,
    Depends: `nodejs (${manifest.engines.node.replace(/^>=/, '>= ')})`,
    Suggests: 'docker.io',
    Section: 'utils',
    Priority: 'optional',
    Homepage: manifest.homepage,
    Description: [SUMMARY, ...DESCRIPTION.map((line) => ` ${line}`)].join('\n'),
  };
  add('DEBIAN/md5sums', sums.join(''));
  add(
    'DEBIAN/control',
    Object.entries(fields)
      .map(([field, value]) => `${field}: ${value}\n`)
      .join(''),
  );
}
