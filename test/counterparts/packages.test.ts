import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { needs, needsThat } from '@layers/testing/needs';
import { packageArchive, textFile } from '@layers/testing/package-archives';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { afterAll, describe, expect, it } from 'vitest';
import { layersCommand } from './layers-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answers = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args).status === 0;
const hasSyft = needsThat(answers('syft', 'version'), 'syft not found (see .ci/install-counterparts)');
const hasValidator = needsThat(
  answers('pyspdxtools', '--help'),
  'pyspdxtools not found (see .ci/install-counterparts)',
);

interface Listed {
  readonly type: string;
  readonly name: string;
  readonly version: string | null;
  readonly purl: string;
  readonly path: string;
}

interface Artifact {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly locations: readonly { readonly path: string; readonly annotations?: { evidence?: string } }[];
}

async function listed(archive: string): Promise<readonly Listed[]> {
  return JSON.parse(await layersCommand(['packages', '--json', '-q', archive])).packages;
}

/** Returns what syft finds in an archive; null where it cannot read the archive. */
function foundBySyft(archive: string): readonly Artifact[] | null {
  for (const form of ['docker-archive', 'oci-archive']) {
    const { status, stdout } = spawnSync('syft', ['-q', `${form}:${archive}`, '-o', 'syft-json'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false' },
    });
    if (status === 0) return JSON.parse(stdout).artifacts;
  }
  return null;
}

/** The types of syft that are those of package URLs. */
const TYPES: Readonly<Record<string, string>> = {
  apk: 'apk',
  deb: 'deb',
  rpm: 'rpm',
  npm: 'npm',
  python: 'pypi',
  gem: 'gem',
  'go-module': 'golang',
  'java-archive': 'maven',
  'rust-crate': 'cargo',
};

/** The differences that docs/decisions/packages.md explains. */
function isExplained({ type, name, version, locations }: Artifact, all: readonly Artifact[]): boolean {
  if (!Object.hasOwn(TYPES, type) || (type === 'rpm' && name === 'gpg-pubkey')) return true;
  if (type !== 'java-archive' || !['', 'UNKNOWN'].includes(version)) return false;
  // The same jar under another name.
  const spelled = (text: string): string => text.replaceAll('_', '-');
  return all.some(
    (other) =>
      other.name !== name &&
      spelled(other.name) === spelled(name) &&
      other.locations[0]?.path === locations[0]?.path,
  );
}

/** Returns the URL without qualifiers, and without the group of Maven, which syft guesses where no file states it. */
const withoutQualifiers = (purl: string): string =>
  decodeURIComponent(purl.replace(/\?.*/, '')).replace(/^pkg:maven\/.*\/(?=[^/]*$)/, 'pkg:maven/');

const qualifiersOf = (purl: string): Record<string, string> => {
  const entries = [...new URLSearchParams(purl.split('?')[1] ?? '')];
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      if (key === 'epoch' && value === '0') return [];
      // syft reads the minor version from /etc/debian_version.
      return [[key, key === 'distro' ? value.replace(/^(debian-\d+)\..*$/, '$1') : value]];
    }),
  );
};

const linesOfSyft = (artifacts: readonly Artifact[]): string[] =>
  artifacts
    .filter((artifact) => !isExplained(artifact, artifacts))
    .map(({ name, version, purl, locations }) => {
      const primary = locations.find(({ annotations }) => annotations?.evidence === 'primary');
      const where = (primary ?? locations[0])?.path;
      // A distribution that syft does not know has no URL there.
      const url = purl === '' ? `${name}@${version}` : withoutQualifiers(purl);
      return JSON.stringify([url, purl === '' ? null : qualifiersOf(purl), where]);
    })
    .sort();

const linesOfOurs = (packages: readonly Listed[], hasUrls: boolean): string[] =>
  packages
    .map(({ name, version, purl, path }) =>
      JSON.stringify([
        hasUrls ? withoutQualifiers(purl) : `${name}@${version}`,
        hasUrls ? qualifiersOf(purl) : null,
        path,
      ]),
    )
    .sort();

async function expectSame(archive: string): Promise<number> {
  const artifacts = foundBySyft(archive);
  if (artifacts === null) return 0;
  const hasUrls = artifacts.some(({ type, purl }) => purl !== '' && Object.hasOwn(TYPES, type));
  expect(linesOfOurs(await listed(archive), hasUrls)).toEqual(linesOfSyft(artifacts));
  return artifacts.length;
}

const archives =
  imagesFolder === undefined
    ? []
    : readdirSync(imagesFolder)
        .filter((name) => name.endsWith('.tar'))
        .map((name) => join(imagesFolder ?? '', name));

describe('the packages of real archives', needsThat(archives.length > 0, NO_REAL_ARCHIVES), () => {
  it.each(archives)('of %s are those that syft finds', hasSyft, async (archive) => {
    await expectSame(archive);
  });
});

/** Makes an image of parts of this machine. */
function imageOf(paths: readonly string[], name: string): string {
  const tar = join(folder, `${name}.rootfs.tar`);
  execFileSync('tar', ['-C', '/', '-cf', tar, ...paths.map((path) => path.slice(1))], { stdio: 'ignore' });
  return imported(tar, name);
}

function imported(tar: string, name: string): string {
  const archive = join(folder, `${name}.tar`);
  const env = { ...process.env, LAYERS_STORE: join(folder, 'store') };
  const bin = fileURLToPath(new URL('../../apps/cli/bin/layers.js', import.meta.url));
  execFileSync(process.execPath, [bin, 'import', '-q', tar, `${name}:1`], { env });
  execFileSync(process.execPath, [bin, 'save', '-q', `${name}:1`, '-o', archive], { env, stdio: 'ignore' });
  return archive;
}

const PARTS = [
  '/etc/os-release',
  '/usr/lib/os-release',
  '/var/lib/dpkg',
  '/usr/lib/node_modules',
  '/usr/lib/python3',
  '/usr/lib/ruby',
  '/usr/share/rubygems-integration',
  '/usr/share/java',
  '/usr/local/bin/crane',
  '/usr/local/bin/gitleaks',
].filter((path) => existsSync(path));

describe('the packages of this machine', needs('tar', 'dpkg'), () => {
  it('are those that syft finds', hasSyft, async () => {
    expect(await expectSame(imageOf(PARTS, 'machine'))).toBeGreaterThan(100);
  });

  it('of dpkg are those that dpkg-query lists', async () => {
    const format = ['{db:Status-Status} ', '{Package}|', '{Version}|', '{Architecture}\n'];
    const lines = execFileSync('dpkg-query', ['-W', '-f', format.map((field) => `$${field}`).join('')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }).split('\n');
    const installed = lines.flatMap((line) => /^installed (.*)$/.exec(line)?.[1] ?? []);
    const text = await layersCommand([
      'packages',
      '--type',
      'dpkg',
      '--json',
      '-q',
      imageOf(['/var/lib/dpkg/status'], 'dpkg'),
    ]);
    const ours: { name: string; version: string; architecture: string }[] = JSON.parse(text).packages;
    expect(
      ours.map(({ name, version, architecture }) => `${name}|${version}|${architecture}`).sort(),
    ).toEqual(installed.sort());
  });
});

const fixture = (name: string): Buffer =>
  gunzipSync(readFileSync(new URL(`../../packages/core/test/distro/fixtures/${name}.gz`, import.meta.url)));

describe('the packages of rpm', needs('rpm'), () => {
  const release = textFile('etc/os-release', 'ID=fedora\nVERSION_ID=40\n');
  const database = (name: string): EntrySpec => ({
    path: 'usr/lib/sysimage/rpm/rpmdb.sqlite',
    data: fixture(name),
  });
  const archive = join(folder, 'rpm.tar');
  writeFileSync(archive, packageArchive([[release, database('rpm-a.sqlite')], [database('rpm-b.sqlite')]]));

  it('are those that rpm lists', async () => {
    const root = join(folder, 'rpm-root');
    mkdirSync(root);
    writeFileSync(join(root, 'rpmdb.sqlite'), fixture('rpm-b.sqlite'));
    const format = '%{NAME}|%{EVR}|%{ARCH}|%{LICENSE}|%{SOURCERPM}|%{SIZE}\n';
    const lines = execFileSync('rpm', ['--dbpath', root, '-qa', '--qf', format], { encoding: 'utf8' });
    const text = await layersCommand(['packages', '--json', '-q', archive]);
    const ours: (Listed & {
      architecture: string;
      licences: string[];
      source: { name: string };
      sizeBytes: number;
    })[] = JSON.parse(text).packages;
    expect(
      ours
        .map((each) =>
          [
            each.name,
            each.version,
            each.architecture,
            each.licences[0],
            each.source.name,
            each.sizeBytes,
          ].join('|'),
        )
        .sort(),
    ).toEqual(
      lines
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('gpg-pubkey|'))
        .map((line) => line.replace('|0:', '|'))
        .sort(),
    );
  });

  it('are those that syft finds', hasSyft, async () => {
    expect(await expectSame(archive)).toBeGreaterThan(5);
  });
});

describe('an SBOM in the format SPDX', hasValidator, () => {
  it.each(archives.length > 0 ? archives.slice(0, 6) : [])('of %s is valid', async (archive) => {
    await expectValid(archive);
  });

  it('of packages with all kinds of licences and suppliers is valid', async () => {
    const archive = join(folder, 'odd.tar');
    const records = [
      'P:a\nV:1\nL:MIT BSD GPL2+\nm:A (b) <not an address\n',
      'P:öç "<&>\\\nV:1\nL:(mit or isc) and custom:x\n',
      'P:c\nV:1\nL:GPL-2.0-only WITH Classpath-exception-2.0\nm: <>\n',
    ];
    writeFileSync(archive, packageArchive([[textFile('lib/apk/db/installed', records.join('\n'))]]));
    await expectValid(archive);
  });

  async function expectValid(archive: string): Promise<void> {
    const sbom = join(folder, 'sbom.spdx.json');
    const args = ['packages', '--format', 'spdx-json', '--all-layers', '-q', archive];
    const bin = fileURLToPath(new URL('../../apps/cli/bin/layers.js', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [bin, ...args], { maxBuffer: 2 ** 28 });
    // Archives with several images, and damaged ones.
    if (status !== 0) return;
    writeFileSync(sbom, stdout);
    const checked = spawnSync('pyspdxtools', ['-i', sbom], { encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  }
});
