import { type ArchiveOptions, buildDockerArchive } from './archive-builder.ts';
import { buildTar, type EntrySpec } from './tar-builder.ts';

/** A file of text. */
export const textFile = (path: string, text: string, mode = 0o644): EntrySpec => ({
  path,
  data: Buffer.from(text),
  mode,
});

/** A record of dpkg. */
export const debRecord = (name: string, version: string, ...more: readonly string[]): string =>
  [`Package: ${name}`, 'Status: install ok installed', `Version: ${version}`, 'Architecture: amd64', ...more]
    .map((line) => `${line}\n`)
    .join('')
    .concat('\n');

/** dpkg's database of these records. */
export const dpkgStatus = (...records: readonly string[]): EntrySpec =>
  textFile('var/lib/dpkg/status', records.join(''));

/** A package of npm: its manifest, and a file of 10 bytes. */
export const npmPackage = (path: string, name: string, version: string): readonly EntrySpec[] => [
  textFile(`${path}/package.json`, JSON.stringify({ name, version, license: 'MIT' })),
  textFile(`${path}/index.js`, '0123456789'),
];

/** The metadata of an installed package of Python. */
export const pythonMetadata = (name: string, version: string): EntrySpec =>
  textFile(
    `usr/lib/python3/site-packages/${name}-${version}.dist-info/METADATA`,
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nLicense: Apache 2.0\n\n`,
  );

const LIBC = ['Source: glibc', 'Maintainer: A Team (of people) <team@example.org>', 'Installed-Size: 12'];

/**
 * What four steps do to packages: the second upgrades `libc6` and removes `tool`; the third changes the mode of a
 * manifest, installs another package of npm and upgrades one of Python; the fourth removes the package of npm.
 */
export const PACKAGE_LAYERS: readonly (readonly EntrySpec[])[] = [
  [
    textFile('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n'),
    dpkgStatus(debRecord('libc6', '1:2.36-9', ...LIBC), debRecord('tool', '1'), debRecord('curl', '7')),
    ...npmPackage('app/node_modules/left', 'left', '1.0.0'),
    pythonMetadata('six', '1.16.0'),
  ],
  [dpkgStatus(debRecord('libc6', '1:2.36-10', ...LIBC), debRecord('curl', '7'))],
  [
    ...npmPackage('app/node_modules/@org/right', '@org/right', '2.0.0'),
    ...npmPackage('app/node_modules/left', 'left', '1.0.0').map((entry) => ({ ...entry, mode: 0o600 })),
    { path: 'usr/lib/python3/site-packages/.wh.six-1.16.0.dist-info' },
    pythonMetadata('six', '1.17.0'),
  ],
  [{ path: 'app/node_modules/.wh.@org' }],
];

/** An archive of an image with these layers; the instruction of layer N is `STEP N`. */
export function packageArchive(
  layers: readonly (readonly EntrySpec[])[] = PACKAGE_LAYERS,
  options: ArchiveOptions = { form: 'hybrid' },
): Buffer {
  const created = '2024-05-06T07:08:09Z';
  const history = layers.map((_, i) => ({ created, created_by: `STEP ${i}` }));
  const image = { tags: ['shop:1'], layers: layers.map(buildTar), config: { created, history } };
  return buildDockerArchive({ images: [image] }, options);
}
