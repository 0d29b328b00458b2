import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { soundArchives } from './archives.ts';
import { diffDocument } from './diff-command.ts';
import { dockerAt } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { layersCommand, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-repack-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const skopeo = (...args: string[]): Promise<Buffer> =>
  run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);

interface Written {
  path: string;
  id: string;
}

async function reproduced(path: string, name: string, ...flags: string[]): Promise<Written> {
  const output = join(folder, `${name}.reproduced.tar`);
  const args = ['repack', '--reproducible', '--check', '--json', ...flags, path, '-o', output];
  const { images, sameRootfs } = JSON.parse(await layersCommand(args));
  expect(sameRootfs).toBe(true);
  return { path: output, id: images[0].id };
}

const same = (a: Written, b: Written): boolean => readFileSync(a.path).equals(readFileSync(b.path));

/** Returns files with the given time, in an arbitrary order. */
async function writeSources(place: string, time: string): Promise<void> {
  mkdirSync(join(place, 'app/lib'), { recursive: true });
  writeFileSync(join(place, 'app/run'), '#!/bin/busybox sh\necho it runs\n', { mode: 0o755 });
  writeFileSync(join(place, 'app/lib/data'), 'data '.repeat(5000));
  await run('ln', ['-s', 'lib/data', join(place, 'app/link')]);
  await run('ln', [join(place, 'app/lib/data'), join(place, 'app/again')]);
  await run('find', [place, '-exec', 'touch', '-h', '-d', time, '{}', '+']);
}

describe.skipIf(socket === '')('the same build twice with docker build', () => {
  async function build(name: string, time: string): Promise<string> {
    const place = join(folder, name);
    await writeSources(place, time);
    const busybox = (await run('sh', ['-c', 'command -v busybox'])).toString().trim();
    await run('cp', [busybox, join(place, 'busybox')]);
    const steps = [
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'COPY app /app',
      'RUN ["/bin/busybox", "sh", "-c", "busybox touch /made /bin/new; busybox rm /app/link"]',
      'LABEL what=test',
      'CMD ["/app/run"]',
    ];
    writeFileSync(join(place, 'Dockerfile'), `${steps.join('\n')}\n`);
    await docker(['build', '--quiet', '--no-cache', '--network', 'none', '--tag', 'reproduced:it', place]);
    const file = join(folder, `${name}.tar`);
    await docker(['save', '--output', file, 'reproduced:it']);
    return file;
  }

  let first = '';
  let second = '';
  beforeAll(async () => {
    first = await build('first', '2020-02-02 02:02:02');
    second = await build('second', '2021-03-03 03:03:03');
  });

  it('becomes the same archive, with and without waste, and docker loads and runs it', async () => {
    expect(readFileSync(first).equals(readFileSync(second))).toBe(false);
    for (const flags of [[], ['--drop-waste'], ['--format', 'docker'], ['--compression', 'zstd']]) {
      const one = await reproduced(first, `first${flags.join('')}`, ...flags);
      const two = await reproduced(second, `second${flags.join('')}`, ...flags);
      expect(two.id).toBe(one.id);
      expect(same(one, two)).toBe(true);
      if (flags.includes('zstd')) continue;
      await docker(['load', '--quiet', '--input', one.path]);
      expect(await docker(['image', 'inspect', '--format', '{{.Id}} {{.Created}}', one.id])).toBe(
        `${one.id} 1970-01-01T00:00:00Z`,
      );
      expect(await docker(['run', '--rm', '--network', 'none', one.id])).toBe('it runs');
      const container = await treeOfContainer(docker, one.id);
      expect(differencesFromContainer(await treeOfLayers(one), container)).toEqual([]);
    }
  });

  it('becomes the same archive from other formats and compressions', async () => {
    const packing = ['--compression', 'gzip', '--tag', 'reproduced:it'];
    const original = await reproduced(first, 'plain', ...packing);
    const oci = join(folder, 'second-oci.tar');
    await skopeo('--dest-compress-level', '1', `docker-archive:${second}`, `oci-archive:${oci}:it`);
    const pigz = join(folder, 'second.tar.gz');
    writeFileSync(pigz, await run('pigz', ['-9', '--stdout', second]));
    for (const [name, other] of Object.entries({ oci, pigz })) {
      expect(same(await reproduced(other, name, ...packing), original)).toBe(true);
    }
  });

  it('differs from the build only in times', async () => {
    const one = await reproduced(first, 'reported');
    const { reported } = await diffDocument({ path: first }, { path: one.path }, ['--reproducible']);
    expect(reported).toMatchObject({ identical: true, files: [], config: [], history: [] });
  });
});

describe.skipIf(inject('missing').length > 0)('two layers of the same files, made with tar and umoci', () => {
  async function pack(name: string, time: string, tar: string[], isReversed: boolean): Promise<string> {
    const place = join(folder, `packed-${name}`);
    await writeSources(place, time);
    const list = (await run('find', [place, '-mindepth', '1', '-printf', '%P\\n'])).toString();
    const paths = list.trimEnd().split('\n').sort();
    if (isReversed) paths.reverse();
    const layer = join(folder, `${name}.layer.tar`);
    const options = ['--numeric-owner', '--owner=0', '--group=0', '--no-recursion', ...tar];
    const files = ['--create', '--file', layer, '--directory', place, '--files-from', '-'];
    await run('tar', [...options, ...files], { input: paths.join('\n') });
    const layout = join(folder, `${name}.layout`);
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', `${layout}:it`]);
    const created = `${time.replace(' ', 'T')}Z`;
    const history = ['--history.created', created, '--history.created_by', 'tar'];
    await run('umoci', ['raw', 'add-layer', '--image', `${layout}:it`, ...history, layer]);
    await run('umoci', ['config', '--image', `${layout}:it`, '--created', created, '--no-history']);
    return layout;
  }

  it('becomes the same archive, from which other tools extract the same tree', async () => {
    const one = await pack('one', '2020-02-02 02:02:02', ['--format=gnu'], false);
    const two = await pack('two', '2021-03-03 03:03:03', ['--format=posix', '--transform=s,^,./,S'], true);
    const first = await reproduced(one, 'umoci-one');
    const second = await reproduced(two, 'umoci-two');
    expect(second.id).toBe(first.id);
    expect(same(first, second)).toBe(true);
    await skopeo(`docker-archive:${first.path}`, `oci:${join(folder, 'copied')}:it`);
    await run('umoci', ['unpack', '--image', `${join(folder, 'copied')}:it`, join(folder, 'bundle')]);
    const times = await run('find', [join(folder, 'bundle/rootfs/app'), '-printf', '%T@ ']);
    expect(new Set(times.toString().trim().split(' ').map(Number))).toEqual(new Set([0]));
  });
});

describe.skipIf(inject('missing').length > 0)('every undamaged archive', () => {
  it.each(soundArchives())(
    '$name does not change if repacked again, and skopeo reads it',
    async ({ name, path }) => {
      const output = join(folder, `${name}.all.tar`);
      const again = join(folder, `${name}.again.tar`);
      const args = ['repack', '--all', '--reproducible', '--check', '--quiet'];
      await layersCommand([...args, path, '-o', output]);
      await layersCommand([...args, output, '-o', again]);
      expect(readFileSync(again).equals(readFileSync(output))).toBe(true);
      await skopeo(`docker-archive:${output}:@0`, `dir:${join(folder, `${name}.dir`)}`);
    },
  );
});
