import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PreparedImage, prepare, refusedByDocker, soundArchives } from './archives.ts';
import { askDaemon, dockerAt } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfTar } from './folder-tree.ts';
import { inspect, instructions, layersCommand, treeOfLayers } from './layers-command.ts';
import { contentBytes } from './tree.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-export-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface DockerImage {
  Id: string;
  Os: string;
  Architecture: string;
  RootFS: { Layers?: string[] };
}

async function dockerImage(id: string): Promise<DockerImage> {
  const [image]: DockerImage[] = JSON.parse(await docker(['image', 'inspect', id]));
  if (image === undefined) throw new Error(`docker does not know ${id}`);
  return image;
}

describe.skipIf(socket === '')('compared with Docker', () => {
  const [refused, loadable] = [true, false].map((expected) =>
    soundArchives().filter(({ name }) => refusedByDocker.has(name) === expected),
  );

  it.each(refused ?? [])('Docker refuses $name', async (archive) => {
    const { file } = await prepare(archive, folder);
    await expect(docker(['load', '--quiet', '--input', file])).rejects.toThrow('exit 1');
  });

  describe.each(loadable ?? [])('$name', (archive) => {
    let images: PreparedImage[] = [];
    beforeAll(async () => {
      const prepared = await prepare(archive, folder);
      await docker(['load', '--quiet', '--input', prepared.file]);
      images = prepared.images;
    });

    it('lists the files that a container sees', async () => {
      for (const image of images) {
        const ours = await treeOfLayers(image.source);
        const container = await treeOfContainer(docker, image.id);
        expect(differencesFromContainer(ours, container)).toEqual([]);
      }
    });

    it('exports the root file system that Docker exports', async () => {
      for (const [index, image] of images.entries()) {
        const file = join(folder, `${archive.name}.${index}.rootfs.tar`);
        const choice = image.source.image === undefined ? [] : ['--image', image.source.image];
        await layersCommand(['export', ...choice, image.source.path, '-o', file]);
        const container = await treeOfContainer(docker, image.id);
        // Compressed layers are exported in the order of the layers.
        const { source, layers } = await inspect(image.source);
        const isPacked = [source, ...layers].some(({ compression }) => compression !== null);
        const flags = isPacked ? ['--delay-directory-restore'] : [];
        expect(differencesFromContainer(await treeOfTar(file, flags), container)).toEqual([]);
      }
    });

    it('counts the bytes of the files as reachable', async () => {
      for (const image of images) {
        const { totals } = await inspect(image.source);
        expect(totals.rootfsBytes).toBe(contentBytes(await treeOfLayers(image.source)));
        expect(totals.contentBytes).toBe(totals.rootfsBytes + totals.wastedBytes);
      }
    });

    it('prints the same ids of image and layers as Docker', async () => {
      for (const image of images) {
        const theirs = await dockerImage(image.id);
        const ours = await inspect(image.source);
        expect(ours.image.id).toBe(theirs.Id);
        expect(ours.layers.map((layer) => layer.diffId)).toEqual(theirs.RootFS.Layers ?? []);
        // If a config has no platform, Docker prints its own operating system.
        if (theirs.Architecture === '') continue;
        expect(ours.image.platform).toMatchObject({ os: theirs.Os, architecture: theirs.Architecture });
      }
    });

    it('prints the same history as Docker', async () => {
      for (const image of images) {
        const theirs = await dockerHistory(image.id);
        expect(await instructions(image.source)).toEqual(theirs);
      }
    });
  });
});

/** Returns the instructions of an image, newest first. */
async function dockerHistory(id: string): Promise<string[]> {
  const steps = await askDaemon(socket, `/images/${id}/history`);
  if (!Array.isArray(steps)) throw new Error('the history is not a list');
  return steps.map((step: { CreatedBy: string }) => step.CreatedBy);
}
