import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesFolder } from '@layers/testing/real-archives';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { diffDocument } from './diff-command.ts';
import { dockerAt } from './docker.ts';
import { run } from './processes.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-packages-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packages that the tool lists as installed: `name version`. */
type Installed = ReadonlySet<string>;

const linesIn = (text: Buffer | string): Installed =>
  new Set(
    text
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
  );

/** Saves two images, and compares the package changes with the lists of the tool. */
async function expectChanges(imageA: string, a: Installed, imageB: string, b: Installed): Promise<void> {
  const archive = join(folder, 'pair.tar');
  await docker(['save', '-o', archive, imageA, imageB]);
  const { reported } = await diffDocument(
    { path: archive, image: imageA },
    { path: archive, image: imageB },
    ['--only', 'packages'],
  );
  const changes = (reported.packages?.changes ?? []).map((change) => JSON.parse(JSON.stringify(change)));
  const side = (key: 'versionA' | 'versionB'): string[] =>
    changes.flatMap((change) => (change[key] === undefined ? [] : [`${change.name} ${change[key]}`])).sort();
  expect(side('versionA')).toEqual([...a].filter((line) => !b.has(line)).sort());
  expect(side('versionB')).toEqual([...b].filter((line) => !a.has(line)).sort());
  expect(changes.length).toBeGreaterThan(0);
  await docker(['rmi', '-f', imageA, imageB]);
}

async function importFolder(root: string, tag: string): Promise<void> {
  const tar = await run('tar', ['--numeric-owner', '-C', root, '-c', '.']);
  await docker(['import', '-', tag], { input: tar });
}

describe.skipIf(socket === '')('package changes agree with the lists of the tool', () => {
  it.skipIf(imagesFolder === undefined)('apk, in Alpine containers', async () => {
    const loaded = await docker(['load', '-i', join(imagesFolder ?? '', 'containerd-alpine-3.14.tar')]);
    const installed = async (image: string): Promise<Installed> => {
      const list = await docker(['run', '--rm', '--network', 'none', image, 'apk', 'info', '-v']);
      return new Set([...linesIn(list)].map((line) => line.replace(/-(?=[^-]+-r\d+$)/, ' ')));
    };
    // `Loaded image: alpine:3.14`, or its id.
    await docker(['tag', /Loaded image(?: ID)?: (\S+)/.exec(loaded)?.[1] ?? '', 'packages:a']);
    const change = 'apk --no-network del libc-utils';
    await docker(['run', '--name', 'packages', '--network', 'none', 'packages:a', 'sh', '-c', change]);
    await docker(['commit', 'packages', 'packages:b']);
    await docker(['rm', 'packages']);
    const [a, b] = [await installed('packages:a'), await installed('packages:b')];
    await expectChanges('packages:a', a, 'packages:b', b);
  });

  it('dpkg, in a root that dpkg installed', async () => {
    const root = join(folder, 'dpkg');
    for (const place of ['var/lib/dpkg/updates', 'var/lib/dpkg/info'])
      mkdirSync(join(root, place), { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    const dpkg = (...args: string[]): Promise<Buffer> =>
      run('dpkg', [
        `--root=${root}`,
        '--force-not-root',
        '--force-script-chrootless',
        '--force-downgrade',
        ...args,
      ]);
    const packed = async (name: string, version: string): Promise<string> => {
      const place = join(folder, `${name}-${version.replaceAll(':', '_')}`);
      mkdirSync(join(place, 'DEBIAN'), { recursive: true });
      const control = [
        `Package: ${name}`,
        `Version: ${version}`,
        'Architecture: all',
        'Maintainer: me <me@x>',
        'Description: x',
      ];
      writeFileSync(join(place, 'DEBIAN/control'), `${control.join('\n')}\n`);
      await run('dpkg-deb', ['--build', place, `${place}.deb`]);
      return `${place}.deb`;
    };
    const installed = async (): Promise<Installed> => {
      const format = '$' + '{Package} $' + '{Version}\n';
      return linesIn(await run('dpkg-query', [`--admindir=${root}/var/lib/dpkg`, '-W', '-f', format]));
    };
    await dpkg(
      '-i',
      await packed('tool', '1.0~rc1-1'),
      await packed('lib', '2:1.0-1'),
      await packed('gone', '1'),
    );
    const a = await installed();
    await importFolder(root, 'packages:a');
    await dpkg(
      '-i',
      await packed('tool', '1.0-1'),
      await packed('lib', '1:9.0-1'),
      await packed('new', '0.1'),
    );
    await dpkg('--purge', 'gone');
    await importFolder(root, 'packages:b');
    await expectChanges('packages:a', a, 'packages:b', await installed());
  });

  it('rpm, in a root that rpm installed', async () => {
    const root = join(folder, 'rpm');
    mkdirSync(root, { recursive: true });
    const rpm = (...args: string[]): Promise<Buffer> =>
      run('rpm', ['--root', root, '--dbpath', '/var/lib/rpm', ...args]);
    const packed = async (name: string, version: string): Promise<string> => {
      const place = join(folder, `rpm-${name}-${version}`);
      mkdirSync(place, { recursive: true });
      const spec = [
        `Name: ${name}`,
        `Version: ${version}`,
        'Release: 1',
        'Summary: x',
        'License: x',
        'BuildArch: noarch',
        '%description',
        'x',
        '%files',
      ];
      writeFileSync(join(place, 'x.spec'), `${spec.join('\n')}\n`);
      await run('rpmbuild', [
        '-bb',
        '--define',
        `_topdir ${place}`,
        '--define',
        `_rpmdir ${place}`,
        join(place, 'x.spec'),
      ]);
      return (await run('find', [place, '-name', '*.rpm'])).toString().trim();
    };
    const installed = async (): Promise<Installed> =>
      linesIn(await rpm('-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\\n'));
    await rpm('--initdb');
    await rpm('-i', '--nodeps', await packed('tool', '1.9'), await packed('gone', '1'));
    const a = await installed();
    await importFolder(root, 'packages:a');
    await rpm('-U', '--nodeps', await packed('tool', '1.10'));
    await rpm('-i', '--nodeps', await packed('new', '0.1'));
    await rpm('-e', 'gone');
    await importFolder(root, 'packages:b');
    await expectChanges('packages:a', a, 'packages:b', await installed());
  });
});
