import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt, dockerClient } from './docker.ts';
import { layersCommand, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import { type Containerd, startContainerd } from './rewrite-containerd.ts';
import { containerdLoader } from './rewrite-containerd-loader.ts';
import { skopeoLoader, umociLoader } from './rewrite-layout-loaders.ts';
import { dockerLoader, type Loader, podmanLoader } from './rewrite-loaders.ts';
import { type Compression, type Format, refusalOf, SAME, SHAPES } from './rewrite-shapes.ts';
import { makeSources, type Sources } from './rewrite-sources.ts';
import { markdownTable, partOf, withPart } from './rewrite-table.ts';
import { differences, type Tree } from './tree.ts';

const docker = dockerAt(inject('dockerSocket'));
// Short and in small letters, because podman derives image names from it.
const folder = join(tmpdir(), `layers-loaders-${randomBytes(6).toString('hex')}`);
const page = fileURLToPath(new URL('../../docs/loaders.md', import.meta.url));

/** An output, and the images that the command reports. */
interface Written {
  path: string;
  images: { id: string; tags: string[] }[];
}

async function write(args: readonly string[], format: Format, name: string): Promise<Written> {
  const path = join(folder, format === 'oci-dir' ? name : `${name}.tar`);
  const { images }: Written = JSON.parse(
    await layersCommand([...args, '--json', '--format', format, '-o', path]),
  );
  return { path, images };
}

const FORMS = (['hybrid', 'docker', 'oci', 'oci-dir'] as const).flatMap((format) =>
  (['none', 'gzip', 'zstd'] as const).map((compression): [Format, Compression] => [format, compression]),
);
const COLUMNS = [
  'docker load',
  'podman load',
  'ctr image import',
  'skopeo docker-archive:',
  'skopeo oci-archive:',
  'skopeo oci:',
  'umoci unpack',
];
const YES = 'yes';

describe.skipIf(inject('missing').length > 0)('the output', () => {
  let containerd: Containerd | undefined;
  let loaders: readonly Loader[] = [];
  let sources: Sources;
  const formsObserved = new Map<string, Map<string, string>>();
  const shapesObserved = new Map<string, Map<string, string>>();

  beforeAll(async () => {
    mkdirSync(folder);
    containerd = await startContainerd();
    const running = { runs: true };
    loaders = [
      dockerLoader(docker, running),
      podmanLoader(join(folder, 'podman'), running),
      containerdLoader(containerd, join(folder, 'mounts'), running),
      skopeoLoader('docker-archive', folder),
      skopeoLoader('oci-archive', folder),
      skopeoLoader('oci', folder),
      umociLoader(folder),
    ];
    sources = await makeSources(docker, folder);
  });
  afterAll(async () => {
    await containerd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function loaderOf(column: string): Loader {
    const loader = loaders.find(({ name }) => name === column);
    if (loader === undefined) throw new Error(`no loader is called ${column}`);
    return loader;
  }

  /** Loads an output, and compares the loaded images with the reported ones. Returns the words for the table. */
  async function taken(
    loader: Loader,
    written: Written,
    tree: Tree,
    prints: readonly string[],
  ): Promise<string> {
    const tags = written.images.flatMap((image) => image.tags);
    const { images, how } = await loader.load(written.path, tags);
    expect(images.map(({ id }) => id).sort()).toEqual(written.images.map(({ id }) => id).sort());
    let isNamed = true;
    for (const [index, image] of written.images.entries()) {
      const loaded = images.find(({ id }) => id === image.id);
      expect(loaded?.differencesFrom(tree)).toEqual([]);
      if (loaded?.printed !== undefined) expect(loaded.printed).toBe(prints[index]);
      isNamed &&=
        loaded?.names === undefined || `${[...loaded.names].sort()}` === `${[...image.tags].sort()}`;
    }
    return [YES, how, isNamed ? '' : 'other name'].filter((words) => words !== '').join(', ');
  }

  describe.each(FORMS)('as %s, %s', (format, compression) => {
    const row = `\`${format}\`, \`${compression}\``;
    const observed = new Map<string, string>();
    formsObserved.set(row, observed);
    let written: Written = { path: '', images: [] };
    beforeAll(async () => {
      const args = ['repack', '--compression', compression, sources.tagged];
      written = await write(args, format, `${format}-${compression}`);
    });

    it.each(COLUMNS)('%s', async (column) => {
      const loader = loaderOf(column);
      const refusal = refusalOf(column, format, compression);
      if (refusal !== undefined) {
        await expect(loader.load(written.path, ['loaders:1'])).rejects.toThrow(refusal);
        observed.set(column, 'no');
      } else observed.set(column, await taken(loader, written, sources.tree, [SAME]));
    });
  });

  describe.each(SHAPES)('$name', (shape) => {
    const observed = new Map<string, string>();
    shapesObserved.set(shape.name, observed);
    let archive: Written = { path: '', images: [] };
    let layout: Written = { path: '', images: [] };
    let tree: Tree = new Map();
    beforeAll(async () => {
      const name = shape.name.replaceAll(' ', '-');
      archive = await write(shape.args(sources), 'hybrid', name);
      layout = await write(shape.args(sources), 'oci-dir', name);
      tree = shape.isChanged === true ? await treeOfLayers({ path: archive.path }) : sources.tree;
    });

    it('changes the root file system only if the command does', async () => {
      for (const { id } of archive.images) {
        const ours = await treeOfLayers({ path: archive.path, image: id });
        expect(differences(ours, sources.tree).length > 0).toBe(shape.isChanged === true);
      }
    });

    it.each(COLUMNS)('%s', async (column) => {
      const loader = loaderOf(column);
      const written = refusalOf(column, 'hybrid', 'none') === undefined ? archive : layout;
      const refusal = shape.refusals?.[column];
      if (refusal !== undefined) {
        await expect(loader.load(written.path, [])).rejects.toThrow(refusal);
        observed.set(column, 'no');
      } else observed.set(column, await taken(loader, written, tree, shape.prints));
    });
  });

  it('agrees with docs/loaders.md', async () => {
    const document = readFileSync(page, 'utf8');
    const tables: [string, string][] = [
      ['forms', markdownTable('form, layers', COLUMNS, formsObserved)],
      ['shapes', markdownTable('the output', COLUMNS, shapesObserved)],
    ];
    for (const [, table] of tables) expect(table).not.toContain('?');
    if (process.env['LAYERS_WRITE_DOCS'] === '1') {
      const parts = [...tables, ['versions', await versions()] as const];
      writeFileSync(
        page,
        parts.reduce((text, [name, part]) => withPart(text, name, part), document),
      );
      return;
    }
    for (const [name, table] of tables) expect(partOf(document, name)).toBe(table);
  });
});

/** The versions of the loaders for the caption. Other versions do not fail the test. */
async function versions(): Promise<string> {
  const programs = [dockerClient, 'podman', 'containerd', 'skopeo', 'umoci'];
  const reported = programs.map(async (program) => {
    const words = (await run(program, ['--version'])).toString();
    return `${program.slice(program.lastIndexOf('/') + 1)} ${/\d+(\.\d+)+/.exec(words)?.[0] ?? '?'}`;
  });
  return `Observed with ${(await Promise.all(reported)).join(', ')}.`;
}
