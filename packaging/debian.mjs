// Makes a package for Debian: `node packaging/debian.mjs [-o DIRECTORY]`. Prints its path. Needs dpkg-deb.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ensureBuilt, root } from '../scripts/setup.mjs';
import { cli, manifest, manualPages, programFiles } from './program-files.mjs';
import { sourceDate } from './source-date.mjs';

const { values } = parseArgs({ options: { output: { type: 'string', short: 'o', default: '.' } } });
const NAME = manifest.name;
const MAINTAINER = 'The layers project <layers-project@users.noreply.github.com>';
const DESCRIPTION = [
  'inspect, compare, change and move container images as files',
  'layers reads archives of container images (docker save, podman save, skopeo,',
  'BuildKit) and OCI layouts without Docker. It shows what each layer contains',
  'and wastes, compares images, squashes and repacks them, keeps them in a local',
  'store, and copies them from and to registries.',
];
/** A release candidate sorts before its release. */
const version = manifest.version.replace('-', '~');
const seconds = sourceDate();
const HOME = `usr/share/${NAME}`;

ensureBuilt();
mkdirSync(values.output, { recursive: true });
const tree = mkdtempSync(join(tmpdir(), 'layers-debian-'));
try {
  chmodSync(tree, 0o755);
  addProgram();
  addManualPages();
  addCompletions();
  addDocuments();
  addControl();
  const target = resolve(values.output, `${NAME}_${version}_all.deb`);
  // The times of files are those of the source.
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, target], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
  console.log(target);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

function add(path, content, mode = 0o644) {
  const target = join(tree, path);
  const made = mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  // The umask may have taken bits.
  for (let each = dirname(target); made !== undefined && each.startsWith(made); each = dirname(each))
    chmodSync(each, 0o755);
  writeFileSync(target, content);
  chmodSync(target, mode);
}

function link(path, to) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  symlinkSync(relative(dirname(join(tree, path)), join(tree, to)), join(tree, path));
}

function addProgram() {
  for (const path of programFiles()) {
    const content = readFileSync(join(cli, path));
    const isScript = content.subarray(0, 2).toString() === '#!';
    // Debian's programs run with Debian's Node, whatever comes first in PATH.
    const own = isScript ? content.toString().replace(/^#!.*/, '#!/usr/bin/node') : content;
    add(`${HOME}/${path}`, own, isScript ? 0o755 : 0o644);
  }
  link('usr/bin/layers', `${HOME}/bin/layers.js`);
  link('usr/libexec/docker/cli-plugins/docker-layers', `${HOME}/bin/docker-layers.js`);
}

function addManualPages() {
  for (const path of manualPages()) {
    add(`usr/share/man/man1/${basename(path)}.gz`, gzipSync(readFileSync(join(cli, path)), { level: 9 }));
  }
}

function addCompletions() {
  const places = {
    bash: 'bash-completion/completions/layers',
    zsh: 'zsh/vendor-completions/_layers',
    fish: 'fish/vendor_completions.d/layers.fish',
  };
  for (const [shell, place] of Object.entries(places)) {
    const command = [join(cli, 'bin/layers.js'), 'completion', shell];
    add(`usr/share/${place}`, execFileSync(process.execPath, command));
  }
}

function addDocuments() {
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

function addControl() {
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(tree, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  const kilobytes = files.reduce((sum, path) => sum + Math.ceil(statSync(join(tree, path)).size / 1024), 0);
  const [first, ...rest] = DESCRIPTION;
  const sums = files.map(
    (path) =>
      `${createHash('md5')
        .update(readFileSync(join(tree, path)))
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
    Description: [first, ...rest.map((line) => ` ${line}`)].join('\n'),
  };
  add('DEBIAN/md5sums', sums.join(''));
  add(
    'DEBIAN/control',
    Object.entries(fields)
      .map(([field, value]) => `${field}: ${value}\n`)
      .join(''),
  );
}
