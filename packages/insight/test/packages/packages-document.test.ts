import { deflateSync } from 'node:zlib';
import { changesetOf, type ReadImage } from '@layers/core/image';
import type { Changeset } from '@layers/core/rootfs';
import {
  type ImagePackage,
  type KeptPackageFiles,
  PackageFilesObserver,
  type PackagesOptions,
  type PackageType,
  packagesDocument,
} from '@layers/insight/packages';
import { INPUTS, readOne } from '@layers/testing/analysed';
import {
  debRecord,
  dpkgStatus,
  npmPackage,
  PACKAGE_LAYERS,
  packageArchive,
  pythonMetadata,
  textFile,
} from '@layers/testing/package-archives';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { buildElf, inlineBuildInfo } from './languages/build-executables.ts';

const scratch = useScratch();

const read = async (archive: Buffer, options: PackagesOptions = {}) =>
  packagesDocument(await readOne({ path: scratch.file(archive) }), options);

const listed = async (layers: readonly (readonly EntrySpec[])[], options: PackagesOptions = {}) =>
  (await read(packageArchive(layers), options)).packages;

/** A package in one line: layer, name, version, and what became of it. */
const lineOf = ({ name, version, layer, previousVersion, removedBy }: ImagePackage): string =>
  [
    `${layer}: ${name} ${version}`,
    ...(previousVersion === null ? [] : [`after ${previousVersion}`]),
    ...(removedBy === null ? [] : [`until ${removedBy.layer} ${removedBy.version ?? 'removed'}`]),
  ].join(', ');

const VISIBLE = [
  '0: curl 7',
  '1: libc6 1:2.36-10, after 1:2.36-9',
  '0: left 1.0.0',
  '2: six 1.17.0, after 1.16.0',
];
const HIDDEN = [
  '0: libc6 1:2.36-9, until 1 1:2.36-10',
  '0: tool 1, until 1 removed',
  '2: @org/right 2.0.0, until 3 removed',
  '0: six 1.16.0, until 2 1.17.0',
];

/** Reads an image, and keeps the files of packages of its layers. */
async function observed(layers?: readonly (readonly EntrySpec[])[]) {
  const observers = new Map<string, PackageFilesObserver>();
  const archive = packageArchive(layers, { form: 'hybrid', compression: 'gzip' });
  const image = await readOne(
    { path: scratch.file(archive) },
    {
      observe({ name }) {
        const observer = new PackageFilesObserver();
        observers.set(name, observer);
        return observer;
      },
    },
  );
  const kept = new Map<Changeset, KeptPackageFiles>();
  for (const layer of image.layers) {
    const files = observers.get(layer.description.name)?.end();
    if (files !== undefined) kept.set(changesetOf(layer), files);
  }
  return { image, kept };
}

/** An image whose layers cannot be read again. */
const unreadable = (image: ReadImage): ReadImage => ({
  ...image,
  layers: image.layers.map((layer) => ({ ...layer, bytes: null })),
});

describe('the packages of layers whose files were kept', () => {
  const form = { word: 8, isLittle: true } as const;
  const program = { path: 'bin/go', data: buildElf(inlineBuildInfo('go1.26.0', ''), form) };

  it('are those of the layers, which are not read again', async () => {
    const { image, kept } = await observed([...PACKAGE_LAYERS, [program]]);
    const expected = await packagesDocument(image, { allLayers: true });
    expect(expected.totals.byType).toEqual({ dpkg: 2, npm: 1, pypi: 1, golang: 1 });
    expect(await packagesDocument(unreadable(image), { allLayers: true }, kept)).toEqual(expected);
  });

  it('are read where a file has another path than in its tar', async () => {
    const target = textFile('app/first.json', '{"name":"left","version":"1.0.0"}');
    const link: EntrySpec = { path: 'app/package.json', type: 'link', linkpath: 'app/first.json' };
    const { image, kept } = await observed([[target, link]]);
    const { packages } = await packagesDocument(image, {}, kept);
    expect(packages.map(lineOf)).toEqual(['0: left 1.0.0']);
    await expect(packagesDocument(unreadable(image), {}, kept)).rejects.toThrow();
  });
});

describe('the packages of an image', () => {
  it('have the layer that brought their version, and the instruction', async () => {
    const { packages, totals, distribution } = await read(packageArchive());
    expect(packages.map(lineOf)).toEqual(VISIBLE);
    expect(packages.map(({ instruction }) => instruction)).toEqual(['STEP 0', 'STEP 1', 'STEP 0', 'STEP 2']);
    expect(totals).toEqual({ packages: 4, hidden: 4, byType: { dpkg: 2, npm: 1, pypi: 1 } });
    expect(distribution).toEqual({ id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12' });
  });

  it('of lower layers are those that later layers removed or replaced', async () => {
    const { packages, totals } = await read(packageArchive(), { allLayers: true });
    expect(packages.filter(({ visible }) => visible).map(lineOf)).toEqual(VISIBLE);
    expect(packages.filter(({ visible }) => !visible).map(lineOf)).toEqual(HIDDEN);
    expect(totals).toEqual({ packages: 4, hidden: 4, byType: { dpkg: 2, npm: 1, pypi: 1 } });
  });

  it('have what their databases and manifests state', async () => {
    const { packages } = await read(packageArchive());
    expect(packages[1]).toEqual({
      type: 'dpkg',
      name: 'libc6',
      version: '1:2.36-10',
      architecture: 'amd64',
      purl: 'pkg:deb/debian/libc6@1:2.36-10?arch=amd64&distro=debian-12&upstream=glibc',
      source: { name: 'glibc', version: null },
      licences: [],
      supplier: 'A Team (of people) <team@example.org>',
      sizeBytes: 12_288,
      sizeFrom: 'stated',
      path: '/var/lib/dpkg/status',
      innerPath: null,
      layer: 1,
      instruction: 'STEP 1',
      previousVersion: '1:2.36-9',
      visible: true,
      removedBy: null,
    });
    expect(packages[2]).toMatchObject({
      purl: 'pkg:npm/left@1.0.0',
      licences: ['MIT'],
      sizeFrom: 'files',
      path: '/app/node_modules/left/package.json',
    });
  });

  it.each(INPUTS.filter(([way]) => way !== 'a pipe'))('are the same from %s', async (_, input) => {
    for (const compression of [null, 'gzip'] as const) {
      const bytes = packageArchive(undefined, { form: 'hybrid', compression });
      const document = await packagesDocument(await readOne(input(bytes, scratch)), { allLayers: true });
      expect(document.packages).toEqual((await read(packageArchive(), { allLayers: true })).packages);
    }
  });

  it('are only those of some types, or the largest', async () => {
    const { packages, totals } = await read(packageArchive(), { types: ['npm', 'pypi'], allLayers: true });
    expect(packages.map(({ name }) => name)).toEqual(['@org/right', 'left', 'six', 'six']);
    expect(totals).toEqual({ packages: 2, hidden: 2, byType: { npm: 1, pypi: 1 } });
    expect((await read(packageArchive(), { top: 1 })).packages.map(({ name }) => name)).toEqual(['libc6']);
  });
});

describe('databases', () => {
  it('of images without dpkg have a file for each package', async () => {
    const part = (name: string, version: string): EntrySpec =>
      textFile(`var/lib/dpkg/status.d/${name}`, `Package: ${name}\nVersion: ${version}\n`);
    const packages = await listed([[part('base', '1'), part('tz', '1')], [part('tz', '2')]]);
    expect(packages.map(lineOf)).toEqual(['0: base 1', '1: tz 2, after 1']);
    expect(packages.map(({ path }) => path)).toEqual([
      '/var/lib/dpkg/status.d/base',
      '/var/lib/dpkg/status.d/tz',
    ]);
  });

  it('that a layer removes leave hidden packages', async () => {
    const layers = [
      [dpkgStatus(debRecord('a', '1'))],
      [{ path: 'var/lib/.wh.dpkg' }],
      [dpkgStatus(debRecord('a', '1'))],
    ];
    expect((await listed(layers.slice(0, 2), { allLayers: true })).map(lineOf)).toEqual([
      '0: a 1, until 1 removed',
    ]);
    expect((await listed(layers, { allLayers: true })).map(lineOf)).toEqual([
      '0: a 1, until 1 removed',
      '2: a 1',
    ]);
  });

  it('that move keep the layers of their packages', async () => {
    const apk = 'P:a\nV:1\nA:x86_64\n\n';
    const packages = await listed([
      [textFile('lib/apk/db/installed', apk)],
      [{ path: 'lib/.wh.apk' }, textFile('usr/lib/apk/db/installed', `${apk}P:b\nV:1\no:a\nL:MIT\nI:5\n\n`)],
    ]);
    expect(packages.map(lineOf)).toEqual(['0: a 1', '1: b 1']);
    expect(packages[0]?.path).toBe('/usr/lib/apk/db/installed');
    expect(packages[1]).toMatchObject({
      purl: 'pkg:apk/b@1?upstream=a',
      source: { name: 'a', version: null },
      licences: ['MIT'],
      sizeBytes: 5,
    });
  });

  it('that cannot be read are findings; the packages of the layers below remain', async () => {
    const { packages, findings } = await read(
      packageArchive([
        [dpkgStatus(debRecord('a', '1'))],
        [textFile('var/lib/dpkg/status', 'garbage')],
        [dpkgStatus(debRecord('a', '1'), debRecord('b', '1'))],
      ]),
    );
    expect(packages.map(lineOf)).toEqual(['0: a 1', '2: b 1']);
    expect(findings.map(({ code, place }) => [code, place])).toEqual([
      ['package-database-unreadable', { layer: 1, path: '/var/lib/dpkg/status' }],
    ]);
  });

  it('have several versions of a package of which none replaced another', async () => {
    const record = (version: string, architecture: string) =>
      debRecord('k', version).replace('amd64', architecture);
    const packages = await listed(
      [[dpkgStatus(record('1', 'amd64'))], [dpkgStatus(record('1', 'amd64'), record('2', 'i386'))]],
      { allLayers: true },
    );
    expect(packages.map(lineOf)).toEqual(['0: k 1', '1: k 2']);
  });
});

describe('manifests', () => {
  it('have the bytes of their directories, without the packages in them', async () => {
    const packages = await listed([
      [
        ...npmPackage('app/node_modules/a', 'a', '1'),
        textFile('app/node_modules/a/lib/deep/x.js', '12345'),
        ...npmPackage('app/node_modules/a/node_modules/b', 'b', '1'),
        textFile('app/node_modules/outside.js', '1'),
      ],
    ]);
    const manifest = JSON.stringify({ name: 'a', version: '1', license: 'MIT' }).length;
    expect(packages.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['a', manifest + 15],
      ['b', manifest + 10],
    ]);
  });

  it('with hard links count once, by their first path', async () => {
    const link: EntrySpec = {
      path: 'app/node_modules/a/package.json',
      type: 'link',
      linkpath: 'store/node_modules/a/package.json',
    };
    const packages = await listed([[...npmPackage('store/node_modules/a', 'a', '1'), link]]);
    expect(packages.map(({ path }) => path)).toEqual(['/app/node_modules/a/package.json']);
  });

  it('that never were in a file system are not hidden packages', async () => {
    const [first, second] = [pythonMetadata('six', '1'), pythonMetadata('six', '1')];
    const packages = await listed([[first, second]], { allLayers: true });
    expect(packages.map(lineOf)).toEqual(['0: six 1']);
  });

  it('that a layer removed and a later one brought back are two packages', async () => {
    const six = pythonMetadata('six', '1');
    const gone: EntrySpec = { path: 'usr/lib/python3/site-packages/.wh.six-1.dist-info' };
    const packages = await listed([[six], [gone], [six]], { allLayers: true });
    expect(packages.map(lineOf)).toEqual(['0: six 1, until 1 removed', '2: six 1']);
  });

  it('may be in programs of Go and Rust, which one reader reads', async () => {
    const form = { word: 8, isLittle: true } as const;
    const crates = deflateSync('{"packages":[{"name":"serde","version":"1.0.0"}]}');
    const programs: readonly EntrySpec[] = [
      { path: 'bin/go', data: buildElf(inlineBuildInfo('go1.26.0', ''), form) },
      { path: 'bin/rust', data: buildElf(crates, { ...form, section: '.dep-v0' }) },
    ];
    const ofType = async (...types: readonly PackageType[]) =>
      (await listed([programs], { types })).map(({ name }) => name);
    expect(await ofType('golang')).toEqual(['stdlib']);
    expect(await ofType('cargo')).toEqual(['serde']);
    expect(await ofType('golang', 'cargo')).toEqual(['stdlib', 'serde']);
    expect(await ofType('maven')).toEqual([]);
  });

  it('with names that UTF-8 cannot express have well-formed texts', async () => {
    const text = '{"name": "a\\ud800", "version": "1"}';
    const [found] = await listed([[textFile('node_modules/a/package.json', text)]]);
    expect([found?.name, found?.purl]).toEqual(['a\ufffd', 'pkg:npm/a%EF%BF%BD@1']);
  });
});
