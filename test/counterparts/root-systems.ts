import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import {
  installedNpm,
  MUSL_NODE,
  makeAlpine,
  makeDebian,
  makeFedora,
  makeMusl,
  nodeOf,
  rpmOf,
} from './make-roots.ts';
import { attempt, type Outcome, run } from './processes.ts';
import { type SystemRoot, WORK } from './system-root.ts';

/** A root file system, and how the command comes into it. */
export interface System {
  readonly name: string;
  /** What it cannot be made of here. */
  readonly missing?: string | undefined;
  make(folder: string): Promise<void>;
  readonly way: Way;
}

/** How the command is installed and removed. */
export interface Way {
  install(system: SystemRoot): Promise<Outcome>;
  uninstall(system: SystemRoot): Promise<Outcome>;
  readonly manualPages: readonly string[];
  /** The files of completion, by shell. */
  readonly completion: Readonly<Record<string, string>>;
  /** What is said where `layers fleet` has no database. */
  readonly fleetHint: string;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = 'layers-cli';
const FLEET_HINT = 'npm install --global @layers/fleet@';
/** Where no other package can be put beside the command. */
const BOTH_HINT = 'npm install --global layers-cli@';

/** Returns the systems to try: those that are made quickly, and with `LAYERS_LONG=1` all. */
export function systemsOf(packages: string): System[] {
  // In CI, what is missing is a failure.
  const isFetched = process.env['CI'] === 'true' || existsSync(MUSL_NODE);
  const noMusl = isFetched ? undefined : 'Node for musl not found (.ci/install-counterparts fetches it)';
  const quick: System[] = [
    { name: 'busybox with musl, by npm', missing: noMusl, make: makeMusl, way: byNpm(packages, 'usr/local') },
    { name: 'a root as Fedora lays it out, by rpm', make: fedora, way: byRpm(packages) },
  ];
  if (process.env['LAYERS_LONG'] !== '1') return quick;
  return [
    ...quick,
    {
      name: 'Alpine 3.19, by npm',
      missing: imagesFolder === undefined ? NO_REAL_ARCHIVES : noMusl,
      make: (folder) => makeAlpine(folder, join(imagesFolder ?? '', 'docker25-npm7-whole-gzip.tar.gz')),
      way: byNpm(packages, 'usr/local'),
    },
    { name: 'a root as Fedora lays it out, by npm', make: fedora, way: byNpm(packages, 'usr') },
    {
      name: 'Debian 13, by apt',
      make: (folder) => makeDebian(folder, 'trixie', ['nodejs']),
      way: byApt(packages),
    },
    {
      name: 'Debian 12, as one executable',
      make: (folder) => makeDebian(folder, 'bookworm', ['libatomic1']),
      way: asExecutable(packages),
    },
  ];
}

async function fedora(folder: string): Promise<void> {
  await makeFedora(folder, await nodeOf(26, `${folder}-node`), await installedNpm());
}

function byNpm(packages: string, prefix: string): Way {
  return {
    async install(system) {
      const name = copyOf(system, await packed(packages, 'npm', /\.tgz$/));
      // Without a network: the package has all that it needs.
      return system.run(['npm', 'install', '--offline', '--global', `./${name}`]);
    },
    uninstall: (system) => system.run(['npm', 'uninstall', '--global', PACKAGE]),
    manualPages: [`${prefix}/share/man/man1/layers.1`, `${prefix}/share/man/man1/layers-ls.1`],
    completion: {},
    fleetHint: FLEET_HINT,
  };
}

function byApt(packages: string): Way {
  return {
    async install(system) {
      const name = copyOf(system, await packed(packages, 'debian.mjs', /\.deb$/));
      return system.run(['apt-get', 'install', '--yes', '--quiet', `./${name}`]);
    },
    uninstall: (system) => system.run(['apt-get', 'purge', '--yes', '--quiet', PACKAGE]),
    manualPages: MANUAL_PAGES_OF_A_SYSTEM,
    completion: {
      bash: 'usr/share/bash-completion/completions/layers',
      zsh: 'usr/share/zsh/vendor-completions/_layers',
      fish: 'usr/share/fish/vendor_completions.d/layers.fish',
    },
    fleetHint: BOTH_HINT,
  };
}

function byRpm(packages: string): Way {
  return {
    async install({ folder }) {
      const file = await packed(packages, 'rpm.mjs', /\.rpm$/);
      const install = (path: string) => attempt('rpm', [...rpmOf(folder), '--install', path]);
      const alone = await install(file);
      if (!alone.stderr.includes('nodejs(engine) >= 20.19 is needed'))
        throw new Error(`it was installed without Node: ${alone.stderr}`);
      await run('rpm', [...rpmOf(folder), '--install', await nodeAsPackage(`${folder}-rpm`)]);
      return install(file);
    },
    uninstall: ({ folder }) => attempt('rpm', [...rpmOf(folder), '--erase', PACKAGE]),
    manualPages: MANUAL_PAGES_OF_A_SYSTEM,
    completion: {
      bash: 'usr/share/bash-completion/completions/layers',
      zsh: 'usr/share/zsh/site-functions/_layers',
      fish: 'usr/share/fish/vendor_completions.d/layers.fish',
    },
    fleetHint: BOTH_HINT,
  };
}

function asExecutable(packages: string): Way {
  const place = 'usr/local/bin/layers';
  return {
    async install(system) {
      const node = await nodeOf(26, `${system.folder}-node`);
      const script = join(repository, 'packaging/executable.mjs');
      await run(process.execPath, [script, '-o', join(system.folder, place), '--node', node]);
      const name = copyOf(system, await packed(packages, 'debian.mjs', /\.deb$/));
      const refused = await system.run(['apt-get', 'install', '--yes', '--quiet', `./${name}`]);
      if (!refused.stderr.includes('held broken packages')) throw new Error('Debian 12 has no Node 20.19');
      return system.run(['layers', '--version']);
    },
    uninstall: (system) => system.run(['rm', `/${place}`]),
    manualPages: [],
    completion: {},
    fleetHint: BOTH_HINT,
  };
}

const MANUAL_PAGES_OF_A_SYSTEM = ['usr/share/man/man1/layers.1.gz', 'usr/share/man/man1/layers-ls.1.gz'];

/** Makes a package of rpm without files, which stands for the Node that was copied into a root. */
async function nodeAsPackage(folder: string): Promise<string> {
  mkdirSync(folder);
  const spec = join(folder, 'nodejs.spec');
  writeFileSync(
    spec,
    `Name: nodejs
Epoch: 1
Version: 26.0.0
Release: 1
Summary: Node
License: MIT
BuildArch: noarch
Provides: nodejs(engine) = %{version}

%description
Node.

%files
`,
  );
  await run('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}`, spec]);
  const made = join(folder, 'RPMS/noarch');
  return join(made, nameIn(made, /\.rpm$/));
}

/** Returns the path of a package of the command, which is made where it is first needed. */
async function packed(
  packages: string,
  script: 'npm' | 'debian.mjs' | 'rpm.mjs',
  pattern: RegExp,
): Promise<string> {
  if (!readdirSync(packages).some((each) => pattern.test(each))) {
    if (script === 'npm')
      await run('npm', ['pack', '--silent', '--pack-destination', packages, join(repository, 'apps/cli')]);
    else await run(process.execPath, [join(repository, 'packaging', script), '-o', packages]);
  }
  return join(packages, nameIn(packages, pattern));
}

/** Copies a package to where its user has it, and returns its name. */
function copyOf(system: SystemRoot, file: string): string {
  copyFileSync(file, join(system.folder, WORK, basename(file)));
  return basename(file);
}

function nameIn(folder: string, pattern: RegExp): string {
  const name = readdirSync(folder).find((each) => pattern.test(each));
  if (name === undefined) throw new Error(`${folder} has nothing that matches ${pattern}`);
  return name;
}
