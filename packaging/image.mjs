// Makes a container image of the command, with the command itself: `node packaging/image.mjs -o FILE [--tag NAME]
// [--node NODE]`. Its layers are the libraries that Node needs, from Debian's packages; Node; and the command. Needs
// apt-get and dpkg-deb.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from '../scripts/setup.mjs';
import { cli, manifest, programFiles } from './program-files.mjs';
import { sourceDate } from './source-date.mjs';

const { values } = parseArgs({
  options: {
    output: { type: 'string', short: 'o' },
    tag: { type: 'string', default: `layers:${manifest.version}` },
    node: { type: 'string', default: process.execPath },
  },
});
if (values.output === undefined)
  throw new Error('usage: node packaging/image.mjs -o FILE [--tag NAME] [--node NODE]');

/** base-files comes first: it makes the directories, which are symlinks in newer versions of Debian. */
const LIBRARIES = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'];
const PROGRAM = '/usr/lib/layers';

ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'layers-image-'));
const env = {
  ...process.env,
  SOURCE_DATE_EPOCH: String(sourceDate()),
  LAYERS_STORE: join(folder, 'store'),
  LAYERS_CACHE: 'off',
};
const run = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env, ...options });
// In the folder, so that the history has no temporary path.
const layers = (...args) =>
  run(process.execPath, [join(cli, 'bin/layers.js'), ...args, '--no-progress'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

try {
  importBase();
  appendNode();
  appendProgram();
  layers(
    'config',
    'store:layers:program',
    '--entrypoint',
    JSON.stringify(['/usr/bin/node', `${PROGRAM}/bin/layers.js`]),
    '--workdir',
    '/w',
    '--env',
    // What a container compiles is gone when it ends.
    'NODE_DISABLE_COMPILE_CACHE=1',
    '--label',
    `org.opencontainers.image.version=${manifest.version}`,
    '--label',
    `org.opencontainers.image.source=${manifest.homepage}`,
    '--label',
    `org.opencontainers.image.licenses=${manifest.license}`,
    '--tag',
    values.tag,
    '--force',
    '-o',
    resolve(values.output),
  );
  console.log(resolve(values.output));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function importBase() {
  const packages = join(folder, 'packages');
  const base = join(folder, 'base');
  mkdirSync(packages);
  download(LIBRARIES, packages);
  // The licences of the libraries of GCC are in a package that they depend on.
  const [gcc] = /gcc-\d+-base/.exec(fieldsOf(fileOf('libgcc-s1', packages), 'Depends')) ?? [];
  if (gcc !== undefined) download([gcc], packages);
  mkdirSync(join(base, 'var/lib/dpkg/status.d'), { recursive: true });
  for (const name of gcc === undefined ? LIBRARIES : [...LIBRARIES, gcc]) {
    const file = fileOf(name, packages);
    run('dpkg-deb', ['--extract', file, base]);
    // Where scanners look for packages in images without dpkg.
    writeFileSync(join(base, 'var/lib/dpkg/status.d', name), fieldsOf(file));
  }
  for (const unused of ['man', 'locale', 'lintian', 'info']) {
    rmSync(join(base, 'usr/share', unused), { recursive: true, force: true });
  }
  writeFileSync(join(base, 'etc/passwd'), 'root:x:0:0:root:/root:/usr/sbin/nologin\n');
  writeFileSync(join(base, 'etc/group'), 'root:x:0:\n');
  mkdirSync(join(base, 'w'), { recursive: true });
  const tar = join(folder, 'base.tar');
  const clamped = ['--sort=name', `--mtime=@${env.SOURCE_DATE_EPOCH}`, '--clamp-mtime'];
  run('tar', [...clamped, '--owner=0', '--group=0', '--numeric-owner', '-C', base, '-cf', tar, '.']);
  layers('import', 'base.tar', 'layers:base', '--message', 'libraries from Debian');
}

function appendNode() {
  const add = ['--add', 'node:/usr/bin/node'];
  cpSync(realpathSync(values.node), join(folder, 'node'));
  const license = join(dirname(dirname(resolve(values.node))), 'LICENSE');
  if (existsSync(license)) {
    cpSync(license, join(folder, 'LICENSE'));
    add.push('--add', 'LICENSE:/usr/share/doc/nodejs/LICENSE');
  }
  layers('append', 'store:layers:base', ...add, '-m', 'Node.js', '-o', 'store:layers:node');
}

function appendProgram() {
  const program = join(folder, 'program');
  for (const path of programFiles()) cpSync(join(cli, path), join(program, path));
  cpSync(join(root, 'LICENSE'), join(program, 'LICENSE'));
  cpSync(join(cli, 'THIRD-PARTY-NOTICES.txt'), join(program, 'THIRD-PARTY-NOTICES.txt'));
  layers(
    'append',
    'store:layers:node',
    '--add',
    `program:${PROGRAM}`,
    '-m',
    `layers ${manifest.version}`,
    '-o',
    'store:layers:program',
  );
}

function download(names, directory) {
  // apt's own user cannot write there.
  run('apt-get', ['-o', 'APT::Sandbox::User=root', '--quiet', 'download', ...names], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function fileOf(name, directory) {
  const file = readdirSync(directory).find((each) => each.startsWith(`${name}_`));
  if (file === undefined) throw new Error(`apt-get has not fetched ${name}`);
  return join(directory, file);
}

function fieldsOf(file, ...names) {
  return execFileSync('dpkg-deb', ['--field', file, ...names], { encoding: 'utf8' });
}
