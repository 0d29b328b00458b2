import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImages } from '@layers/rewrite/archive';
import { type ImportOptions, importRootfs } from '@layers/store/import';
import { keyOf, observed, otherwise } from '@layers/testing/docker-import-changes';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepare, refusedByDocker, soundArchives } from './archives.ts';
import { askDaemon, dockerAt } from './docker.ts';
import { treeOfContainer } from './docker-tree.ts';
import { layersCommand } from './layers-command.ts';
import { run } from './processes.ts';
import { differences } from './tree.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-import-test-'));
const tiny = join(folder, 'tiny.tar');
const images: string[] = [];

afterAll(async () => {
  if (images.length > 0) await docker(['rmi', '--force', ...new Set(images)]);
  rmSync(folder, { recursive: true, force: true });
});

interface DockerImage {
  Id: string;
  Comment: string;
  Os: string;
  Architecture: string;
  Config: Record<string, unknown>;
  RootFS: { Layers?: string[] };
}

async function dockerImage(id: string): Promise<DockerImage> {
  images.push(id);
  const answer: unknown = await askDaemon(socket, `/images/${id}/json`);
  const [image]: DockerImage[] = JSON.parse(JSON.stringify([answer]));
  if (image === undefined) throw new Error(`docker does not know ${id}`);
  return image;
}

/** Returns the fields of a config that are set. */
function setOf(config: Record<string, unknown>): Record<string, unknown> {
  const isSet = (value: unknown): boolean => value !== null && value !== '' && value !== false;
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isSet(value)));
}

async function dockerImport(file: string, changes: readonly string[], flags: readonly string[] = []) {
  const options = changes.flatMap((change) => ['--change', change]);
  return dockerImage(await docker(['import', ...options, ...flags, file]));
}

let made = 0;

/** Imports with `layers`, and loads the result into Docker. */
async function ourImport(file: string, options: ImportOptions): Promise<DockerImage> {
  const { image } = await importRootfs({ stream: createReadStream(file) }, options);
  const path = join(folder, `ours-${made++}.tar`);
  const target = { kind: 'file', path, force: false } as const;
  const [written] = await writeImages([image], target, { format: 'hybrid' });
  if (written === undefined) throw new Error('nothing was written');
  await docker(['load', '--quiet', '--input', path]);
  rmSync(path);
  return dockerImage(written.id);
}

describe.skipIf(socket === '')('compared with docker import', () => {
  beforeAll(async () => {
    await run('tar', ['-C', import.meta.dirname, '-c', '-f', tiny, './tree.ts']);
  });

  it.each(observed)('Docker still applies $changes as recorded', async ({ changes, config, refused }) => {
    if (refused !== undefined) {
      await expect(
        docker(['import', ...changes.flatMap((change) => ['--change', change]), tiny]),
      ).rejects.toThrow(refused.slice(0, 60));
      return;
    }
    expect(setOf((await dockerImport(tiny, changes)).Config)).toEqual(setOf(config ?? {}));
  });

  const taken = observed.filter(
    ({ changes, config }) => config !== undefined && !otherwise.has(keyOf(changes)),
  );
  // A sample: loading all of them would take minutes.
  it.each(taken.filter((_, index) => index % 7 === 0))(
    '$changes gives the same image',
    async ({ changes }) => {
      const theirs = await dockerImport(tiny, changes);
      const ours = await ourImport(tiny, { changes });
      expect(setOf(ours.Config)).toEqual(setOf(theirs.Config));
      expect(ours.RootFS).toEqual(theirs.RootFS);
      expect([ours.Comment, ours.Os, ours.Architecture]).toEqual([
        theirs.Comment,
        theirs.Os,
        theirs.Architecture,
      ]);
    },
  );

  it('stores the message', async () => {
    const message = 'a "message" of <ours>';
    const theirs = await dockerImport(tiny, [], ['--message', message]);
    const ours = await ourImport(tiny, { message });
    expect([ours.Comment, theirs.Comment]).toEqual([message, message]);
  });

  const small = /^(?:docker-|examples|hello|.*busybox|.*alpine|.*distroless)/;
  const archives = soundArchives().filter(({ name }) => small.test(name) && !refusedByDocker.has(name));

  it.each(archives)('$name: importing what Docker exports', async (archive) => {
    const { file, images: prepared } = await prepare(archive, folder);
    await docker(['load', '--quiet', '--input', file]);
    const [image] = prepared;
    if (image === undefined) return;
    const container = await docker(['create', '--network', 'none', image.id, 'unused']);
    const exported = join(folder, 'exported.tar');
    await docker(['export', '--output', exported, container]);
    await docker(['rm', container]);

    const theirs = await dockerImport(exported, []);
    const ours = await ourImport(exported, {});
    expect(ours.RootFS).toEqual(theirs.RootFS);
    const trees = [await treeOfContainer(docker, ours.Id), await treeOfContainer(docker, theirs.Id)] as const;
    expect(differences(...trees, { ignore: isOfContainer })).toEqual([]);
    rmSync(exported);

    const flags = image.source.image === undefined ? [] : ['--image', image.source.image];
    await layersCommand(['export', ...flags, image.source.path, '-o', exported]);
    const fromOurs = await dockerImport(exported, []);
    const again = await ourImport(exported, {});
    expect(again.RootFS).toEqual(fromOurs.RootFS);
    const before = await treeOfContainer(docker, image.id);
    const after = await treeOfContainer(docker, fromOurs.Id);
    expect(differences(after, before, { ignore: isOfContainer })).toEqual([]);
    rmSync(exported);
  });
});

/** Docker creates these, or writes into them, when it creates a container. */
const madeWithContainers =
  /^\/(?:\.dockerenv|dev(?:\/console|\/pts|\/shm)?|etc(?:\/hostname|\/hosts|\/mtab|\/resolv\.conf)?|proc|sys)$/;

function isOfContainer(key: string, field?: string): boolean {
  return field === 'mtime' && madeWithContainers.test(key);
}
