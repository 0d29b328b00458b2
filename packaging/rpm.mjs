// Makes a package for Fedora and other systems with rpm: `node packaging/rpm.mjs [-o DIRECTORY]`. Prints its path. Needs
// rpmbuild.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from '../scripts/setup.mjs';
import { DESCRIPTION, MAINTAINER, SUMMARY, version, withPackageTree } from './package-tree.mjs';
import { cli, manifest } from './program-files.mjs';
import { sourceDate } from './source-date.mjs';

const { values } = parseArgs({ options: { output: { type: 'string', short: 'o', default: '.' } } });
const NAME = manifest.name;
const RELEASE = '1';
const seconds = sourceDate();
/** Directories of the system. Those of shells belong to every package that has files in them. */
const SHARED = /^usr(\/(bin|libexec|share(\/(licenses|man|man\/man1))?))?$/;

ensureBuilt();
mkdirSync(values.output, { recursive: true });
withPackageTree((tree) => {
  tree.addProgram();
  tree.addManualPages();
  tree.addCompletions({ zsh: 'zsh/site-functions' });
  for (const [name, source] of [
    ['LICENSE', join(root, 'LICENSE')],
    ['THIRD-PARTY-NOTICES.txt', join(cli, 'THIRD-PARTY-NOTICES.txt')],
  ]) {
    tree.add(`usr/share/licenses/${NAME}/${name}`, readFileSync(source));
  }
  const work = mkdtempSync(join(tmpdir(), 'layers-rpm-'));
  try {
    console.log(build(tree.folder, work));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

function build(tree, work) {
  const spec = join(work, 'layers.spec');
  writeFileSync(spec, specOf(tree));
  const settings = {
    _topdir: work,
    _tmppath: work,
    // The same bytes from the same sources, on every machine.
    _buildhost: 'layers',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    _binary_payload: 'w19.zstdio',
    _build_id_links: 'none',
    // Nothing is changed after `%install`.
    __os_install_post: '%{nil}',
    __brp_mangle_shebangs: '%{nil}',
  };
  const defines = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  execFileSync('rpmbuild', ['-bb', '--quiet', '--noclean', '--target', 'noarch', ...defines, spec], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
  const name = `${NAME}-${version}-${RELEASE}.noarch.rpm`;
  const target = resolve(values.output, name);
  copyFileSync(join(work, 'RPMS/noarch', name), target);
  return target;
}

function specOf(tree) {
  const date = new Date(seconds * 1000)
    .toUTCString()
    .replace(/,|\d+:.*/g, '')
    .split(' ');
  const [weekday, day, month, year] = date;
  return `Name: ${NAME}
Version: ${version}
Release: ${RELEASE}
Summary: ${SUMMARY}
License: ${manifest.license}
URL: ${manifest.homepage}
BuildArch: noarch
AutoReqProv: no
Requires: nodejs(engine) ${manifest.engines.node.replace(/^>=/, '>= ')}

%description
${DESCRIPTION.join('\n')}

%install
cp -a '${tree}/.' '%{buildroot}'

%files
${filesOf(tree).join('\n')}

%changelog
* ${weekday} ${month} ${day} ${year} ${MAINTAINER} - ${version}-${RELEASE}
- Version ${manifest.version}. CHANGELOG.md of the source lists the changes.
`;
}

/** Returns the lines of %files: all files, and the directories that only this package needs. */
function filesOf(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: relative(tree, join(entry.parentPath ?? entry.path, entry.name)) }))
    .filter(({ entry, path }) => !entry.isDirectory() || !SHARED.test(path))
    .map(({ entry, path }) => {
      if (entry.isDirectory()) return `%dir "/${path}"`;
      if (path.startsWith('usr/share/licenses/')) return `%license "/${path}"`;
      return path.startsWith('usr/share/man/') ? `%doc "/${path}"` : `"/${path}"`;
    })
    .sort();
}
