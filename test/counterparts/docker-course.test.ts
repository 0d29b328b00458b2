import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt, dockerClient } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfTar } from './folder-tree.ts';
import { command, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import { differences } from './tree.ts';

/** Commands of a Docker course, for one machine with Docker and one without. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-course-'));
const store = join(folder, 'store');
process.env['LAYERS_STORE'] = store;
process.env['DOCKER_HOST'] = `unix://${socket}`;

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const NAMES = ['bramble:1.4', 'bramble-web:2.0', 'bramble-worker:2.0'];

/** Runs a shell command in which `layers` and `docker` are the tested programs. */
async function shell(line: string): Promise<string> {
  const prelude = [
    'set -euo pipefail',
    `cd ${folder}`,
    `layers() { "${process.execPath}" "${command}" "$@"; }`,
    `docker() { DOCKER_CONFIG=/proc/nonexistent "${dockerClient}" "$@"; }`,
  ];
  return (await run('bash', ['-c', `${prelude.join('\n')}\n${line}`])).toString().trimEnd();
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const facts = '{{.Id}} {{json .RepoTags}} {{json .RootFS.Layers}} {{json .Config}} {{.Created}}';

describe.skipIf(socket === '')('a docker course', () => {
  let known: string[] = [];
  beforeAll(async () => {
    for (const name of ['demo.tar', 'two-images.tar'])
      await docker(['load', '--quiet', '--input', example(name)]);
    known = lines(await docker(['image', 'inspect', '--format', facts, ...NAMES]));
    await shell(`docker save -o my-archive.tar ${NAMES.join(' ')}`);
  });
  afterAll(async () => {
    await docker(['rmi', '--force', ...NAMES]).catch(() => '');
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads what docker saved, and prints the same messages', async () => {
    const theirs = lines(await shell('docker load -i my-archive.tar')).sort();
    expect(lines(await shell('layers load -i my-archive.tar')).sort()).toEqual(theirs);
    expect(lines(await shell('docker save bramble:1.4 | gzip | layers load'))).toEqual([
      'Loaded image: bramble:1.4',
    ]);
  });

  it('lists the same images', async () => {
    const format = "--format '{{.Repository}} {{.Tag}} {{.ID}}'";
    const theirs = lines(await shell(`docker images ${format} | grep ^bramble`)).sort();
    const ours = lines(await shell('layers images')).slice(1);
    expect(ours.map((line) => line.split(/ +/).slice(0, 3).join(' ')).sort()).toEqual(theirs);
    const [created] = lines(await shell("docker images --format '{{.CreatedSince}}' bramble:1.4"));
    expect(await shell('layers images bramble:1.4')).toContain(`  ${created}  `);
    const ids = 'images --no-trunc -q';
    const inDocker = lines(await shell(`docker ${ids} --filter 'reference=bramble*'`)).sort();
    expect(lines(await shell(`layers ${ids} --filter 'reference=bramble*'`)).sort()).toEqual(inDocker);
  });

  it('prints the same history', async () => {
    const theirs = lines(await shell("docker history --no-trunc --format '{{.CreatedBy}}' bramble:1.4"));
    const ours = JSON.parse(await shell('layers history --no-trunc --json bramble:1.4'));
    const steps: string[] = ours.history.map(({ createdBy }: { createdBy: string }) => createdBy);
    expect(steps.map((step) => step.trimEnd())).toEqual(theirs.map((step) => step.trimEnd()));
  });

  it.each([
    ['a file', `layers save -o a.tar ${NAMES.join(' ')} >&2 && docker load -i a.tar`],
    [
      'a file that is compressed',
      `layers save -o a.tar.gz ${NAMES.join(' ')} >&2 && docker load -i a.tar.gz`,
    ],
    ['a pipe', `layers save ${NAMES.join(' ')} | docker load`],
    ['the form of docker', `layers save --format docker ${NAMES.join(' ')} | docker load`],
    ['repositories', 'layers save bramble bramble-web bramble-worker | docker load'],
    ['the engine itself', `for name in ${NAMES.join(' ')}; do layers load -i $name --to docker-daemon; done`],
  ])('gives docker the same ids, tags and layers by %s', async (_, line) => {
    await docker(['rmi', '--force', ...NAMES]);
    expect(lines(await shell(line)).sort()).toEqual(NAMES.map((name) => `Loaded image: ${name}`).sort());
    expect(lines(await docker(['image', 'inspect', '--format', facts, ...NAMES]))).toEqual(known);
  });

  it('keeps ids, tags and digests from store to store', async () => {
    const digests = "layers images --digests --no-trunc | awk '{print $1, $2, $3, $4}'";
    const [first, second] = [await shell(digests), `LAYERS_STORE=${folder}/second`];
    await shell(`layers save -o b.tar.zst ${NAMES.join(' ')} && ${second} layers load -i b.tar.zst`);
    expect(lines(await shell(`export ${second}; ${digests}`)).sort()).toEqual(lines(first).sort());
    await shell(`layers save docker-daemon:bramble:1.4 -o c.tar && ${second} layers load -i c.tar`);
    expect(lines(await shell(`export ${second}; ${digests}`)).sort()).toEqual(lines(first).sort());
  });

  it('prints the message of docker if an image loses its name', async () => {
    await shell('layers config bramble:1.4 --label other=1 -o other.tar');
    const theirs = await shell('docker load -i other.tar');
    expect(theirs).toMatch(/^The image bramble:1\.4 already exists, renaming the old one with ID sha256:/);
    expect(await shell('layers load -i other.tar')).toBe(theirs);
    await shell(
      'layers load -i my-archive.tar -q; layers prune; docker load -qi my-archive.tar; docker image prune -f',
    );
  });

  it('tags and removes as docker does', async () => {
    for (const name of ['docker', 'layers'])
      await shell(`${name} tag bramble:1.4 course.example:5000/me/app:x`);
    const remove = 'rmi course.example:5000/me/app:x';
    expect(await shell(`layers ${remove}`)).toBe(await shell(`docker ${remove}`));
    const [ours, theirs] = [await shell('layers rmi bramble:1.4'), await shell('docker rmi bramble:1.4')];
    // After the id, docker lists chain ids, and the store lists blobs.
    expect(lines(ours).slice(0, 2)).toEqual(lines(theirs).slice(0, 2));
    await shell('layers load -i my-archive.tar -q; docker load -qi my-archive.tar');
  });

  it('imports what docker exports', async () => {
    const container = await docker(['create', '--network', 'none', 'bramble:1.4', 'unused']);
    try {
      const changes = `-c 'CMD ["/bin/sh"]' -c 'ENV A=b' -m 'of a container'`;
      await shell(`docker export -o rootfs.tar ${container}`);
      await shell(`docker export ${container} | layers import ${changes} - imported:1`);
      const path = join(folder, 'imported.tar');
      await shell('layers save -o imported.tar imported:1');
      const ours = await treeOfLayers({ path });
      expect(differences(ours, await treeOfTar(join(folder, 'rootfs.tar')))).toEqual([]);
      // Docker and `layers` use the tar as the layer.
      await shell(`docker import ${changes} rootfs.tar imported:1`);
      const layers = await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', 'imported:1']);
      const { layers: read } = JSON.parse(await shell('layers inspect --json imported:1'));
      expect(read.map(({ diffId }: { diffId: string }) => diffId)).toEqual(JSON.parse(layers));
    } finally {
      await docker(['rm', container]);
      await docker(['rmi', '--force', 'imported:1']);
    }
  });

  it('exports what docker imports', async () => {
    await shell('layers export bramble:1.4 | docker import - exported:1');
    try {
      const ours = await treeOfLayers({ path: join(folder, 'my-archive.tar'), image: 'bramble:1.4' });
      expect(differencesFromContainer(ours, await treeOfContainer(docker, 'exported:1'))).toEqual([]);
    } finally {
      await docker(['rmi', '--force', 'exported:1']);
    }
  });
});
