import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@layers/core/digest';
import { walkTar } from '@layers/tar';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type Member } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repackedImage } from '../../src/change/repack.ts';
import { gathered, imageOf, treeOf } from '../support/tree.ts';
import { repackedArchive, repackedTars } from './support.ts';

const scratch = useScratch();
const reproducible = { latest: 1000 };
const text = (of: string): Buffer => Buffer.from(of);

/** The members of a tar as `type name -> target @ time`. */
function listed(tar: Uint8Array): string[] {
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

async function canonical(...layers: (Member[] | Uint8Array)[]): Promise<string[][]> {
  return (await repackedTars(await imageOf(layers, scratch), { reproducible })).map(listed);
}

describe('a reproducible layer', () => {
  it('has everything below a directory behind it, siblings by bytes, markers before what stands beside them', async () => {
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

  it('has each path once, as its last entry left it', async () => {
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

  it('has the first name of an inode as the file, and links to it', async () => {
    const [layer] = await canonical([
      { path: 'z', data: text('same'), mtime: 3 },
      { path: 'm', type: 'link', linkpath: './z' },
      { path: 'a', type: 'link', linkpath: '/m' },
    ]);
    expect(layer).toEqual(['file a @ 3', 'link m -> a @ 3', 'link z -> a @ 3']);
  });

  it('keeps in a link what its target was before another entry took that path', async () => {
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
    expect(listed(tar)).toEqual(['file a @ 0', 'file b @ 0']);
    expect(await treeOf(await imageOf([tar], scratch))).toEqual(await treeOf(image));
  });

  it('leaves out what makes no path, and markers below what is no directory', async () => {
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

  it('hides what lies below a directory that was a file for a while', async () => {
    const layers: Member[][] = [
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
    expect(listed(tars[1] ?? Buffer.alloc(0))).toEqual([
      'file .wh.e @ 0',
      'directory d/ @ 0',
      'file d/.wh..wh..opq @ 0',
      'file e/new @ 0',
    ]);
    expect(await treeOf(await imageOf(tars, scratch))).toEqual(await treeOf(image));
  });

  it('gets what its links into lower layers lead to, since no loader takes such a link', async () => {
    const lower: Member[] = [{ path: 'a', data: text('lower') }];
    const image = await imageOf([lower, [{ path: 'b', type: 'link', linkpath: 'a' }]], scratch, 'gzip');
    const tars = await repackedTars(image, { reproducible });
    expect(tars.map(listed)).toEqual([['file a @ 0'], ['file a @ 0', 'link b -> a @ 0']]);
    expect(await treeOf(await imageOf(tars, scratch))).toEqual(await treeOf(image));
  });

  it('is the same whatever lies below it', async () => {
    const layer: Member[] = [
      { path: 'b', data: text('b') },
      { path: 'a', type: 'directory' },
      { path: '.wh.c' },
    ];
    const [alone] = await canonical(layer);
    const [, above] = await canonical([{ path: 'c', data: text('c') }, { path: 'b' }], layer);
    expect(above).toEqual(alone);
  });

  it('writes numbers, names and xattrs in one form, without what else a header may say', async () => {
    const member: Member = {
      path: 'f',
      data: text('x'),
      mtime: 77,
      uid: 2 ** 30,
      xattrs: new Map([
        ['user.b', text('2')],
        ['user.a', text('1')],
      ]),
    };
    const xattrs = new Map([...(member.xattrs ?? [])].reverse());
    const other = { ...member, xattrs, mtimeNs: 5, uname: 'u', gname: 'g' };
    const [one] = await repackedTars(await imageOf([[member]], scratch), { reproducible });
    const [two] = await repackedTars(await imageOf([[other]], scratch), { reproducible });
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
    expect(one?.toString('latin1')).toMatch(/user\.a=1\n.*user\.b=2\n/);
  });
});

describe('a layer that cannot be read at any place', () => {
  const place = mkdtempSync(join(scratch.folder, 'temporary-'));
  const folders = (): string[] => readdirSync(place);
  beforeAll(() => void vi.stubEnv('TMPDIR', place));
  afterAll(() => void vi.unstubAllEnvs());
  const backwards: Member[] = [
    { path: 'b', data: Buffer.alloc(5000, 1) },
    { path: 'a', data: Buffer.alloc(7000, 2) },
  ];

  it('is copied into a temporary file, which is gone when the layer is made or nobody wants more of it', async () => {
    const image = await imageOf([backwards], scratch, 'gzip');
    const [layer] = repackedImage(image, { reproducible }).layers;
    if (layer?.kind !== 'generated') throw new Error('the layer is kept');
    const chunks = layer.tar()[Symbol.asyncIterator]();
    await chunks.next();
    expect(folders()).toHaveLength(1);
    await chunks.return?.();
    expect(folders()).toEqual([]);
    await gathered(layer.tar());
    expect(folders()).toEqual([]);
  });

  it('is streamed where its order stays', async () => {
    const image = await imageOf([[...backwards].reverse()], scratch, 'gzip');
    const [layer] = repackedImage(image, { reproducible }).layers;
    if (layer?.kind !== 'generated') throw new Error('the layer is kept');
    for await (const _ of layer.tar()) expect(folders()).toEqual([]);
  });
});

describe('a reproducible image', () => {
  const layers = [buildTar([{ path: 'b' }, { path: 'a', data: text('x'), mtime: 9999 }])];
  const config = { created: '2024-05-06T07:08:09.123Z', docker_version: '20.10.24', 'x.kept': [1.0] };

  it('is the same bytes for another compressor and another builder, in every form', async () => {
    const image = { tags: ['a:1'], layers };
    const written = (config: object) =>
      readOne({
        path: scratch.file(
          buildDockerArchive(
            { images: [{ ...image, config: { ...config } }] },
            { form: 'oci', compression: 'gzip' },
          ),
        ),
      });
    const one = await written(config);
    const again = scratch.file(
      await repackedArchive(
        await written({ ...config, docker_version: undefined, created: '2025-01-01T00:00:00Z' }),
        {
          compression: { kind: 'gzip', level: 1 },
        },
      ),
    );
    const two = await readOne({ path: again });
    for (const format of ['hybrid', 'docker', 'oci'] as const) {
      const first = await repackedArchive(one, { reproducible }, { format });
      expect((await repackedArchive(two, { reproducible }, { format, threads: 2 })).equals(first)).toBe(true);
    }
  });

  it('keeps its number of layers and steps', async () => {
    const image = await imageOf([[], [{ path: 'a' }], []], scratch);
    const after = repackedImage(image, { reproducible, dropWaste: true });
    expect(after.layers).toHaveLength(3);
    const parsed = JSON.parse(Buffer.from(after.config(after.layers.map(() => digestOf('x')))).toString());
    expect(parsed.history).toHaveLength(3);
  });

  it('has no time that no date can tell', async () => {
    const image = await imageOf([[]], scratch);
    for (const latest of [-1, 0.5, 1e12, Number.NaN]) {
      expect(() => repackedImage(image, { reproducible: { latest } })).toThrow(/not a date/);
    }
  });
});

describe('a layer that is made to exhaust or to deceive', () => {
  it('has one path for ten thousands of its entries, in little time', async () => {
    const names = Array.from({ length: 64 }, (_, i) => ({
      path: `./${'./'.repeat(i % 7)}d/f`,
      data: text(String(i)),
    }));
    const block = buildTar(names).subarray(0, -1024);
    const tar = Buffer.concat([...Array.from({ length: 400 }, () => block), Buffer.alloc(1024)]);
    const image = await imageOf([tar], scratch, 'gzip');
    expect(image.layers[0]?.index?.changeset.count).toBe(25_600);
    const [made = Buffer.alloc(0)] = await repackedTars(image, { reproducible });
    expect(listed(made)).toEqual(['file d/f @ 0']);
  }, 60_000);

  it('does not take long for links into what is below, however many layers have them', async () => {
    const base: Member[] = Array.from({ length: 2000 }, (_, i) => ({ path: `f${i}` }));
    const linking = (i: number): Member[] => [{ path: `l${i}`, type: 'link', linkpath: `f${i}` }];
    const image = await imageOf([base, ...Array.from({ length: 60 }, (_, i) => linking(i))], scratch);
    const tars = await repackedTars(image, { reproducible });
    expect(listed(tars[60] ?? Buffer.alloc(0))).toEqual(['file f59 @ 0', 'link l59 -> f59 @ 0']);
  }, 60_000);

  it('goes as deep as a path can, without running out of stack', async () => {
    const deep = `${'d/'.repeat(2000)}f`;
    const [layer] = await canonical([{ path: deep, data: text('x') }, { path: `${'d/'.repeat(2000)}.wh.g` }]);
    expect(layer).toEqual([`file ${'d/'.repeat(2000)}.wh.g @ 0`, `file ${deep} @ 0`]);
  });

  it('is refused where its bytes end early or are no tar', async () => {
    const cut = gzipSync(buildTar([{ path: 'a', data: Buffer.alloc(5000) }])).subarray(0, 40);
    const archive = buildDockerArchive({ images: [{ tags: ['a:1'], layers: [cut] }] }, { form: 'legacy' });
    const image = await readOne({ path: scratch.file(archive) });
    expect(() => repackedImage(image, { reproducible })).toThrow(
      expect.objectContaining({ name: 'LayersError' }),
    );
  });

  it('leaves nothing behind where the process is ended in the middle', async () => {
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
