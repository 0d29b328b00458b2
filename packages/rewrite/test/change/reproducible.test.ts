import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@layers/core/digest';
import { walkTar } from '@layers/tar';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { collect } from '@layers/testing/new-images';
import { base256, END, entryWith, join as join512 } from '@layers/testing/raw-tar';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repackedImage } from '../../src/change/repack.ts';
import { imageOf, treeOf } from '../support/tree.ts';
import { repackedArchive, repackedTars } from './support.ts';

const scratch = useScratch();
const reproducible = { latest: 1000 };
const text = (of: string): Buffer => Buffer.from(of);

/** Lists the entries of a tar as `type name -> target @ time`. */
function entriesOf(tar: Uint8Array): string[] {
  const lines: string[] = [];
  const read = (target: Uint8Array, at: number): number => {
    const part = tar.subarray(at, at + target.length);
    target.set(part);
    return part.length;
  };
  for (const entry of walkTar({ size: tar.length, read })) {
    const link = entry.linkpath.length === 0 ? '' : ` -> ${Buffer.from(entry.linkpath).toString('latin1')}`;
    lines.push(`${entry.type} ${Buffer.from(entry.path).toString('latin1')}${link} @ ${entry.mtime}`);
  }
  return lines;
}

async function canonical(...layers: (EntrySpec[] | Uint8Array)[]): Promise<string[][]> {
  return (await repackedTars(await imageOf(layers, scratch), { reproducible })).map(entriesOf);
}

describe('a reproducible layer', () => {
  it('has each directory before its contents, siblings in byte order, whiteouts before their siblings', async () => {
    const [layer] = await canonical([
      { path: './b/z', data: text('z'), mtime: 5 },
      { path: '/b-c', type: 'directory', mtime: 2000 },
      { path: 'b/.wh.y', mtime: 7 },
      { path: 'b//.wh..wh..opq', type: 'directory' },
      { path: 'é', type: 'fifo' },
      { path: '.wh.zz' },
      { path: 'a/../b/', type: 'directory', mtime: -7 },
      { path: 'a/.wh.c' },
      { path: '.', type: 'directory', mtime: 1001 },
    ]);
    expect(layer).toEqual([
      'directory ./ @ 1000',
      'file .wh.zz @ 0',
      'file a/.wh.c @ 0',
      'directory b/ @ -7',
      'file b/.wh..wh..opq @ 0',
      'file b/.wh.y @ 0',
      'file b/z @ 5',
      'directory b-c/ @ 1000',
      `fifo ${Buffer.from('é').toString('latin1')} @ 0`,
    ]);
  });

  it('has each path once, with its last entry', async () => {
    const [layer] = await canonical([
      { path: 'a', data: text('one') },
      { path: 'b/c', data: text('two') },
      { path: './a', type: 'symlink', linkpath: 'x' },
      { path: 'b', data: text('three') },
      { path: '.wh.q' },
      { path: './.wh.q' },
    ]);
    expect(layer).toEqual(['file .wh.q @ 0', 'symlink a -> x @ 0', 'file b @ 0']);
  });

  it('has the owner that Docker sets for an id out of range', async () => {
    const tar = join512(entryWith({ name: 'a', uid: base256(-1n, 8), gid: base256(2n ** 32n + 5n, 8) }), END);
    const [layer = Buffer.alloc(0)] = await repackedTars(await imageOf([tar], scratch), { reproducible });
    const read = (target: Uint8Array, at: number): number => layer.copy(target, 0, at);
    expect([...walkTar({ size: layer.length, read })]).toMatchObject([{ uid: 0, gid: 5 }]);
  });

  it('has the xattrs of an inode at each of its names, because Docker sets the owner of each link', async () => {
    const xattrs = new Map([['security.capability', text('c')]]);
    const [tar] = await repackedTars(
      await imageOf(
        [
          [
            { path: 'z', xattrs },
            { path: 'a', type: 'link', linkpath: 'z' },
          ],
        ],
        scratch,
      ),
      { reproducible },
    );
    const source = Buffer.from(tar ?? []);
    const read = (target: Uint8Array, at: number): number => source.copy(target, 0, at);
    const found = [...walkTar({ size: source.length, read })].map(({ type, xattrs }) => [type, xattrs?.size]);
    expect(found).toEqual([
      ['file', 1],
      ['link', 1],
    ]);
  });

  it('has the first name of an inode as the file, and the others as links', async () => {
    const [layer] = await canonical([
      { path: 'z', data: text('same'), mtime: 3 },
      { path: 'm', type: 'link', linkpath: './z' },
      { path: 'a', type: 'link', linkpath: '/m' },
    ]);
    expect(layer).toEqual(['file a @ 3', 'link m -> a @ 3', 'link z -> a @ 3']);
  });

  it('keeps the content of a link whose target is replaced later', async () => {
    const image = await imageOf(
      [
        [
          { path: 'a', data: text('first') },
          { path: 'b', type: 'link', linkpath: 'a' },
          { path: 'a', data: text('second') },
        ],
      ],
      scratch,
    );
    const [tar = Buffer.alloc(0)] = await repackedTars(image, { reproducible });
    expect(entriesOf(tar)).toEqual(['file a @ 0', 'file b @ 0']);
    expect(await treeOf(await imageOf([tar], scratch))).toEqual(await treeOf(image));
  });

  it('omits entries without a path, and whiteouts below paths that are not directories', async () => {
    const [layer] = await canonical([
      { path: '../out', data: text('x') },
      { path: '.wh..wh.plnk/1.2', data: text('x') },
      { path: 'odd', type: 'unknown' },
      { path: 'nowhere', type: 'link', linkpath: 'missing' },
      { path: 'file', data: text('x') },
      { path: 'file/.wh.below' },
      { path: '.wh.gone' },
      { path: 'gone/.wh.below' },
    ]);
    expect(layer).toEqual(['file .wh.gone @ 0', 'file file @ 0']);
  });

  it('hides lower files of a directory that replaced a file of the same layer', async () => {
    const layers: EntrySpec[][] = [
      [
        { path: 'd/old', data: text('x') },
        { path: 'e/old', data: text('x') },
      ],
      [
        { path: 'd', data: text('x') },
        { path: 'd', type: 'directory' },
        { path: 'e', data: text('x') },
        { path: 'e/new', data: text('x') },
      ],
    ];
    const image = await imageOf(layers, scratch);
    const tars = await repackedTars(image, { reproducible });
    expect(entriesOf(tars[1] ?? Buffer.alloc(0))).toEqual([
      'file .wh.e @ 0',
      'directory d/ @ 0',
      'file d/.wh..wh..opq @ 0',
      'file e/new @ 0',
    ]);
    expect(await treeOf(await imageOf(tars, scratch))).toEqual(await treeOf(image));
  });

  it('contains the targets of its links to lower layers, because no loader accepts such links', async () => {
    const lower: EntrySpec[] = [{ path: 'a', data: text('lower') }];
    const image = await imageOf([lower, [{ path: 'b', type: 'link', linkpath: 'a' }]], scratch, 'gzip');
    const tars = await repackedTars(image, { reproducible });
    expect(tars.map(entriesOf)).toEqual([['file a @ 0'], ['file a @ 0', 'link b -> a @ 0']]);
    expect(await treeOf(await imageOf(tars, scratch))).toEqual(await treeOf(image));
  });

  it('does not depend on lower layers', async () => {
    const layer: EntrySpec[] = [
      { path: 'b', data: text('b') },
      { path: 'a', type: 'directory' },
      { path: '.wh.c' },
    ];
    const [alone] = await canonical(layer);
    const [, above] = await canonical([{ path: 'c', data: text('c') }, { path: 'b' }], layer);
    expect(above).toEqual(alone);
  });

  it('has numbers, names and xattrs in one form, without names of owners', async () => {
    const entry: EntrySpec = {
      path: 'f',
      data: text('x'),
      mtime: 77,
      uid: 2 ** 30,
      xattrs: new Map([
        ['user.b', text('2')],
        ['user.a', text('1')],
      ]),
    };
    const xattrs = new Map([...(entry.xattrs ?? [])].reverse());
    const other = { ...entry, xattrs, mtimeNs: 5, uname: 'u', gname: 'g' };
    const [one] = await repackedTars(await imageOf([[entry]], scratch), { reproducible });
    const [two] = await repackedTars(await imageOf([[other]], scratch), { reproducible });
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
    expect(one?.toString('latin1')).toMatch(/user\.a=1\n.*user\.b=2\n/);
  });
});

describe('a compressed layer', () => {
  const temporary = mkdtempSync(join(scratch.folder, 'temporary-'));
  const folders = (): string[] => readdirSync(temporary);
  beforeAll(() => void vi.stubEnv('TMPDIR', temporary));
  afterAll(() => void vi.unstubAllEnvs());
  const reversed: EntrySpec[] = [
    { path: 'b', data: Buffer.alloc(5000, 1) },
    { path: 'a', data: Buffer.alloc(7000, 2) },
  ];

  it('is copied to a temporary file, which is removed at the end or when reading stops', async () => {
    const image = await imageOf([reversed], scratch, 'gzip');
    const [layer] = repackedImage(image, { reproducible }).layers;
    if (layer?.kind !== 'generated') throw new Error('the layer is copied instead of generated');
    const chunks = layer.tar()[Symbol.asyncIterator]();
    await chunks.next();
    expect(folders()).toHaveLength(1);
    await chunks.return?.();
    expect(folders()).toEqual([]);
    await collect(layer.tar());
    expect(folders()).toEqual([]);
  });

  it('is streamed if its order does not change', async () => {
    const image = await imageOf([[...reversed].reverse()], scratch, 'gzip');
    const [layer] = repackedImage(image, { reproducible }).layers;
    if (layer?.kind !== 'generated') throw new Error('the layer is copied instead of generated');
    for await (const _ of layer.tar()) expect(folders()).toEqual([]);
  });
});

describe('a reproducible image', () => {
  const layers = [buildTar([{ path: 'b' }, { path: 'a', data: text('x'), mtime: 9999 }])];
  const config = { created: '2024-05-06T07:08:09.123Z', docker_version: '20.10.24', 'x.kept': [1.0] };

  it('has the same bytes for another compressor and another builder, in every format', async () => {
    const image = { tags: ['a:1'], layers };
    const imageWith = (config: object) =>
      readOne({
        path: scratch.file(
          buildDockerArchive(
            { images: [{ ...image, config: { ...config } }] },
            { form: 'oci', compression: 'gzip' },
          ),
        ),
      });
    const one = await imageWith(config);
    const other = scratch.file(
      await repackedArchive(
        await imageWith({ ...config, docker_version: undefined, created: '2025-01-01T00:00:00Z' }),
        {
          compression: { kind: 'gzip', level: 1 },
        },
      ),
    );
    const two = await readOne({ path: other });
    for (const format of ['hybrid', 'docker', 'oci'] as const) {
      const first = await repackedArchive(one, { reproducible }, { format });
      expect((await repackedArchive(two, { reproducible }, { format, threads: 2 })).equals(first)).toBe(true);
    }
  });

  it('keeps the number of layers and of steps in the history', async () => {
    const image = await imageOf([[], [{ path: 'a' }], []], scratch);
    const after = repackedImage(image, { reproducible, dropWaste: true });
    expect(after.layers).toHaveLength(3);
    const parsed = JSON.parse(Buffer.from(after.config(after.layers.map(() => digestOf('x')))).toString());
    expect(parsed.history).toHaveLength(3);
  });

  it('refuses a time that is not a date', async () => {
    const image = await imageOf([[]], scratch);
    for (const latest of [-1, 0.5, 1e12, Number.NaN]) {
      expect(() => repackedImage(image, { reproducible: { latest } })).toThrow(/not a date/);
    }
  });
});

describe('a hostile layer', () => {
  it('with thousands of entries for one path is written once', async () => {
    const names = Array.from({ length: 64 }, (_, i) => ({
      path: `./${'./'.repeat(i % 7)}d/f`,
      data: text(String(i)),
    }));
    const block = buildTar(names).subarray(0, -1024);
    const layer = Buffer.concat([...Array.from({ length: 400 }, () => block), Buffer.alloc(1024)]);
    const image = await imageOf([layer], scratch, 'gzip');
    expect(image.layers[0]?.index?.changeset.count).toBe(25_600);
    const [tar = Buffer.alloc(0)] = await repackedTars(image, { reproducible });
    expect(entriesOf(tar)).toEqual(['file d/f @ 0']);
  }, 60_000);

  it('with links to lower layers is planned in reasonable time, also in many layers', async () => {
    const base: EntrySpec[] = Array.from({ length: 2000 }, (_, i) => ({ path: `f${i}` }));
    const linking = (i: number): EntrySpec[] => [{ path: `l${i}`, type: 'link', linkpath: `f${i}` }];
    const image = await imageOf([base, ...Array.from({ length: 60 }, (_, i) => linking(i))], scratch);
    const tars = await repackedTars(image, { reproducible });
    expect(entriesOf(tars[60] ?? Buffer.alloc(0))).toEqual(['file f59 @ 0', 'link l59 -> f59 @ 0']);
  }, 60_000);

  it('with a very deep path does not overflow the stack', async () => {
    const deep = `${'d/'.repeat(2000)}f`;
    const [layer] = await canonical([{ path: deep, data: text('x') }, { path: `${'d/'.repeat(2000)}.wh.g` }]);
    expect(layer).toEqual([`file ${'d/'.repeat(2000)}.wh.g @ 0`, `file ${deep} @ 0`]);
  });

  it('is refused if it is truncated', async () => {
    const truncated = gzipSync(buildTar([{ path: 'a', data: Buffer.alloc(5000) }])).subarray(0, 40);
    const archive = buildDockerArchive(
      { images: [{ tags: ['a:1'], layers: [truncated] }] },
      { form: 'legacy' },
    );
    const image = await readOne({ path: scratch.file(archive) });
    expect(() => repackedImage(image, { reproducible })).toThrow(
      expect.objectContaining({ name: 'LayersError' }),
    );
  });

  it('leaves no temporary files if the process exits early', async () => {
    const image = await imageOf(
      [
        [
          { path: 'b', data: Buffer.alloc(5000, 1) },
          { path: 'a', data: Buffer.alloc(7000) },
        ],
      ],
      scratch,
      'gzip',
    );
    const folder = scratch.layout([]);
    const script = `
      import { openArchive, readImage } from '@layers/core/image';
      import { repackedImage } from '@layers/rewrite/change';
      const archive = await openArchive({ path: ${JSON.stringify(image.archive.source.path)} });
      const image = await readImage(archive, archive.images[0]);
      const [layer] = repackedImage(image, { reproducible: { latest: 0 } }).layers;
      for await (const _ of layer.tar()) process.exit(0);
    `;
    const cwd = new URL('../..', import.meta.url);
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd,
      env: { TMPDIR: folder },
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
