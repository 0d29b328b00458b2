import { buildDockerArchive } from '@layers/testing/archive-builder';
import { diffOf, file, inWords, pairOf } from '@layers/testing/diffed';
import { pipe } from '@layers/testing/documents';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { compareImages } from '../../src/diff/diff.ts';
import { selectImage } from '../../src/image/describe/select-image.ts';
import { openArchive } from '../../src/image/open-archive.ts';
import { readPair } from '../../src/image/read-pair.ts';
import { upToLayer } from '../../src/image/up-to-layer.ts';

const scratch = useScratch();
const ONLY_FILES = { only: ['files'] } as const;

async function changeOf(a: EntrySpec, b: EntrySpec, options = {}) {
  const { list } = await diffOf(scratch, [[a]], [[b]], { ...ONLY_FILES, ...options });
  return list;
}

describe('a path of both images', () => {
  test.each<[string, EntrySpec, EntrySpec, object]>([
    [
      'mode',
      file('f', 'x', { mode: 0o4755 }),
      file('f', 'x', { mode: 0o755 }),
      { fields: ['mode'], a: { mode: 0o4755 }, b: { mode: 0o755 } },
    ],
    [
      'owner',
      file('f', 'x', { uid: 2 ** 21 + 1 }),
      file('f', 'x', { gid: 3 }),
      { fields: ['owner'], a: { uid: 2 ** 21 + 1, gid: 0 }, b: { uid: 0, gid: 3 } },
    ],
    ['bytes', file('f', 'one'), file('f', 'two'), { fields: ['content'], sizeBytesA: 3, sizeBytesB: 3 }],
    [
      'length',
      file('f', 'one'),
      file('f', 'three'),
      { fields: ['content', 'size'], sizeBytesA: 3, sizeBytesB: 5 },
    ],
    [
      'type',
      file('f', 'x', { mode: 0o777 }),
      { type: 'symlink', path: 'f', linkpath: 'y' },
      {
        type: 'symlink',
        fields: ['type'],
        a: { type: 'file' },
        b: { type: 'symlink', linkname: 'y' },
        sizeBytesA: 1,
      },
    ],
    [
      'link target',
      { type: 'symlink', path: 'f', linkpath: 'x' },
      { type: 'symlink', path: 'f', linkpath: Buffer.from([0xff]) },
      {
        fields: ['target'],
        a: { linkname: 'x' },
        b: { linkname: '\ufffd', linknameBase64: Buffer.from([0xff]).toString('base64') },
      },
    ],
    [
      'device',
      { type: 'char', path: 'f', devmajor: 1, devminor: 3 },
      { type: 'char', path: 'f', devmajor: 1, devminor: 5 },
      { fields: ['device'], a: { devmajor: 1, devminor: 3 }, b: { devmajor: 1, devminor: 5 } },
    ],
    [
      'attributes',
      file('f', 'x'),
      file('f', 'x', { xattrs: new Map([['security.capability', Buffer.from([1])]]) }),
      { fields: ['xattrs'], a: { xattrs: {} }, b: { xattrs: { 'security.capability': 'AQ==' } } },
    ],
  ])('is changed where it has another %s', async (_, a, b, expected) => {
    expect(await changeOf(a, b)).toEqual([
      expect.objectContaining({ path: '/f', change: 'changed', layerA: 0, layerB: 0, ...expected }),
    ]);
  });

  test('has no changed mode where it is a symlink, because the kernel ignores it', async () => {
    const link = (mode: number): EntrySpec => ({ type: 'symlink', path: 'f', linkpath: 'x', mode });
    expect(await changeOf(link(0o777), link(0o755))).toEqual([]);
  });

  test('with another time is changed only where times count', async () => {
    const [a, b] = [file('f', 'x', { mtime: 1 }), file('f', 'x', { mtime: 1, mtimeNs: 5 })];
    const { list, ignored, identical } = await diffOf(scratch, [[a]], [[b]], ONLY_FILES);
    expect({ list, ignored, identical }).toEqual({
      list: [],
      ignored: [{ what: 'mtime', count: 1 }],
      identical: true,
    });
    expect(await changeOf(a, b, { ignore: [] })).toMatchObject([
      { fields: ['mtime'], a: { mtime: 1 }, b: { mtime: 1, mtimeNs: 5 } },
    ]);
  });

  test('with other hard links is changed only where hard links count', async () => {
    const linked: EntrySpec[] = [file('a', 'x'), { type: 'link', path: 'b', linkpath: 'a' }, file('c', 'x')];
    const split: EntrySpec[] = [file('a', 'x'), file('b', 'x'), { type: 'link', path: 'c', linkpath: 'b' }];
    const silent = await diffOf(scratch, [linked], [split], ONLY_FILES);
    expect(silent.list).toEqual([]);
    expect(silent.ignored).toEqual([{ what: 'hardlinks', count: 3 }]);
    const { list } = await diffOf(scratch, [linked], [split], { ...ONLY_FILES, ignore: ['mtime'] });
    expect(list).toMatchObject([
      { path: '/a', fields: ['hardlinks'], a: { hardlinks: ['/a', '/b'] }, b: { hardlinks: ['/a'] } },
      { path: '/b', a: { hardlinks: ['/a', '/b'] }, b: { hardlinks: ['/b', '/c'] } },
      { path: '/c', a: { hardlinks: ['/c'] }, b: { hardlinks: ['/b', '/c'] } },
    ]);
  });

  test('has the same content with stored or sparse holes', async () => {
    const sparse: EntrySpec = {
      path: 'f',
      data: Buffer.from('xy'),
      sparse: {
        realSize: 6,
        extents: [
          [1, 1],
          [4, 1],
        ],
      },
    };
    expect(await changeOf(sparse, file('f', '\0x\0\0y\0'))).toEqual([]);
    expect(inWords(await changeOf(sparse, file('f', '\0x\0\0z\0')))).toEqual(['~ /f content']);
  });

  test('with holes of any declared length is compared without reading them', async () => {
    const at = (extents: readonly (readonly [number, number])[], data: string): EntrySpec => ({
      path: 'f',
      data: Buffer.from(data),
      sparse: { realSize: 2 ** 50, extents },
    });
    const whole = at([[2 ** 40, 6]], 'abcdef');
    const cut = at(
      [
        [2 ** 40, 3],
        [2 ** 40 + 3, 3],
      ],
      'abcdef',
    );
    for (const compression of [null, 'gzip'] as const) {
      const shape = { form: 'oci', compression } as const;
      const shapes = { a: shape, b: shape };
      const { list } = await diffOf(scratch, [[whole]], [[cut]], ONLY_FILES, shapes);
      expect(list).toEqual([]);
      const moved = at([[2 ** 40 + 1, 6]], 'abcdef');
      expect(inWords((await diffOf(scratch, [[whole]], [[moved]], ONLY_FILES, shapes)).list)).toEqual([
        '~ /f content',
      ]);
      const same = await diffOf(scratch, [[whole]], [[cut]], { only: ['layers'] }, shapes);
      expect(same.layers?.sameTree).toHaveLength(1);
    }
  });

  test('can be the root', async () => {
    const root = (mode: number): EntrySpec => ({ type: 'directory', path: './', mode });
    expect(await changeOf(root(0o755), root(0o700))).toMatchObject([{ path: '/', fields: ['mode'] }]);
  });

  test('without an entry is a directory of root, 0755, without a time', async () => {
    const described: EntrySpec = { type: 'directory', path: 'd/', mode: 0o755, mtime: 77 };
    const options = { ...ONLY_FILES, ignore: [] };
    const inside = file('d/f', 'x', { mtime: 1 });
    expect((await diffOf(scratch, [[inside]], [[described, inside]], options)).list).toEqual([]);
    const { list } = await diffOf(scratch, [[inside]], [[{ ...described, mode: 0o700 }, inside]], options);
    expect(list).toMatchObject([{ path: '/d', fields: ['mode'], a: { mode: 0o755 }, b: { mode: 0o700 } }]);
  });
});

describe('a change', () => {
  test('has the layer that made it, also for a removed path', async () => {
    const base = [file('gone', '1'), file('kept', '2'), file('changed', '3'), file('d/gone', '4')];
    const { list } = await diffOf(
      scratch,
      [base],
      [base, [{ path: '.wh.gone' }], [file('changed', '33'), file('new', '5')], [{ path: '.wh.d' }]],
      ONLY_FILES,
    );
    expect(list.map(({ path, layerA, layerB }) => [path, layerA, layerB])).toEqual([
      ['/changed', 0, 2],
      ['/d', 0, 3],
      ['/d/gone', 0, 3],
      ['/gone', 0, 1],
      ['/new', undefined, 2],
    ]);
  });

  test('has no layer of B where B never had the path', async () => {
    expect((await diffOf(scratch, [[file('a', '1')]], [[file('b', '22')]], ONLY_FILES)).list).toMatchObject([
      { path: '/a', layerA: 0 },
      { path: '/b', layerB: 0 },
    ]);
  });

  test('of a file with hard links refers to its first name', async () => {
    const named = (mode: number): EntrySpec[] => [
      file('a', 'x', { mode }),
      { type: 'link', path: 'b', linkpath: 'a' },
      { type: 'link', path: 'c', linkpath: 'a' },
    ];
    const { list } = await diffOf(scratch, [named(0o600)], [named(0o755)], ONLY_FILES);
    expect(list.map(({ path, linkedTo }) => [path, linkedTo])).toEqual([
      ['/a', undefined],
      ['/b', '/a'],
      ['/c', '/a'],
    ]);
  });

  test('does not refer to another name where the names differ', async () => {
    const a = [file('x-p', 'same'), file('x-q', 'same', { mode: 0o600 })];
    const b: EntrySpec[] = [file('y-p', 'same'), { type: 'link', path: 'y-q', linkpath: 'y-p' }];
    const { list } = await diffOf(scratch, [a], [b], ONLY_FILES);
    expect(list.map(({ path, fields, linkedTo }) => [path, fields, linkedTo])).toEqual([
      ['/y-p', [], undefined],
      ['/y-q', ['mode'], undefined],
    ]);
  });

  test('counts in sums that include each content once', async () => {
    const linked: EntrySpec[] = [file('a', '12345'), { type: 'link', path: 'b', linkpath: 'a' }];
    const { totals } = await diffOf(scratch, [[file('c', '123')]], [linked], ONLY_FILES);
    expect(totals).toEqual({ added: 2, removed: 1, changed: 0, renamed: 0, deltaBytes: 2 });
  });
});

describe('path filters', () => {
  const a = [file('etc/a', '1'), file('etc/b', '1'), file('usr/c.pyc', '1'), file('usr/c.py', '1')];
  const b = a.map(({ path }) => file(String(path), '22'));

  test.each([
    [{ include: ['/etc'] }, ['~ /etc/a', '~ /etc/b']],
    [{ exclude: ['/etc', '*.pyc'] }, ['~ /usr/c.py']],
    [{ include: ['*.pyc', 'a'] }, ['~ /etc/a', '~ /usr/c.pyc']],
    [{ include: ['/etc'], exclude: ['b'] }, ['~ /etc/a']],
  ])('compare only the selected paths: %j', async (filter, expected) => {
    const { list, totals } = await diffOf(scratch, [a], [b], { ...ONLY_FILES, ...filter });
    expect(inWords(list).map((line) => line.replace(' content size', ''))).toEqual(expected);
    expect(totals).toMatchObject({ changed: expected.length, deltaBytes: expected.length });
  });

  test('that exclude everything cause a finding', async () => {
    const { findings, identical } = await diffOf(scratch, [a], [b], { ...ONLY_FILES, include: ['/nope'] });
    expect(findings).toMatchObject([{ code: 'no-path-included', severity: 'warning' }]);
    expect(identical).toBe(true);
    expect((await diffOf(scratch, [a], [b], { ...ONLY_FILES, include: ['/etc'] })).findings).toEqual([]);
  });

  test('do not change the hard links of excluded names', async () => {
    const linked: EntrySpec[] = [file('x/a', '1'), { type: 'link', path: 'y/b', linkpath: 'x/a' }];
    const options = { ...ONLY_FILES, exclude: ['/y'], ignore: [] };
    expect((await diffOf(scratch, [linked], [linked, [file('z', '1')]], options)).list).toMatchObject([
      { path: '/z' },
    ]);
  });
});

describe('the sections', () => {
  const a = [[file('a', '1')]];

  test('that are not requested are null', async () => {
    const { files, totals, layers, config, history, packages } = await diffOf(scratch, a, a, {
      only: ['config'],
    });
    expect({ files, totals, layers, config, history, packages }).toEqual({
      files: null,
      totals: null,
      layers: null,
      config: [],
      history: null,
      packages: null,
    });
  });

  test('are all compared by default; a difference in any makes the images differ', async () => {
    const other = { form: 'legacy', config: { author: 'me' } } as const;
    expect((await diffOf(scratch, a, a)).identical).toBe(true);
    const { identical, config } = await diffOf(scratch, a, a, {}, { b: other });
    expect({ identical, config }).toEqual({
      identical: false,
      config: [{ field: 'author', change: 'added', b: 'me' }],
    });
    expect((await diffOf(scratch, a, a, { ignore: ['config'] }, { b: other })).identical).toBe(true);
    expect((await diffOf(scratch, a, [[file('a', '1')], []])).identical).toBe(false);
  });

  test('that are ignored do not count, and their differences are counted', async () => {
    const document = await diffOf(scratch, a, [...a, [file('b', '1')]], {
      only: ['layers', 'history'],
      ignore: ['layers', 'history'],
    });
    expect(document.identical).toBe(true);
    expect(document.ignored).toEqual([
      { what: 'layers', count: 1 },
      { what: 'history', count: 1 },
    ]);
    expect(document.layers).toBeNull();
  });
});

describe('packages', () => {
  const status = (version: string): string =>
    `Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`;
  const database = (text: string): EntrySpec => file('var/lib/dpkg/status', text);

  test.each(['gzip', null] as const)('are read from both images, with %s layers', async (compression) => {
    const shape = { form: 'oci', compression } as const;
    const { packages, identical } = await diffOf(
      scratch,
      [[file('before', 'x'), database(status('1.0-1'))]],
      [[database(status('1.0-2')), file('after', 'y')]],
      { only: ['packages'] },
      { a: shape, b: shape },
    );
    expect(packages).toEqual({
      unchanged: false,
      unreadable: false,
      paths: ['/var/lib/dpkg/status'],
      databases: [{ system: 'dpkg', a: 1, b: 1 }],
      changes: [
        {
          system: 'dpkg',
          name: 'tool',
          architecture: 'amd64',
          change: 'upgraded',
          versionA: '1.0-1',
          versionB: '1.0-2',
        },
      ],
    });
    expect(identical).toBe(false);
  });

  test('are found through symlinks, but never outside the image', async () => {
    const moved = [
      file('usr/lib/apk/db/installed', 'P:musl\nV:1.2\nA:x86_64\n\n'),
      { type: 'symlink' as const, path: 'lib', linkpath: '/../../usr/lib' },
    ];
    const { packages } = await diffOf(scratch, [[]], [moved], { only: ['packages'] });
    expect(packages?.changes).toMatchObject([
      { system: 'apk', name: 'musl', change: 'added', versionB: '1.2' },
    ]);
  });

  test('that cannot be read count as different, with a finding', async () => {
    const damaged = (byte: string): EntrySpec => file('var/lib/rpm/rpmdb.sqlite', `SQLite format 3\0${byte}`);
    const { packages, identical, findings } = await diffOf(scratch, [[damaged('a')]], [[damaged('b')]], {
      only: ['packages'],
    });
    expect(packages).toMatchObject({ unreadable: true, changes: [] });
    expect(identical).toBe(false);
    expect(findings.map(({ code, place }) => [code, place?.side, place?.path])).toEqual([
      ['package-database-unreadable', 'a', '/var/lib/rpm/rpmdb.sqlite'],
      ['package-database-unreadable', 'b', '/var/lib/rpm/rpmdb.sqlite'],
    ]);
  });

  test('are not read where both images have the same database', async () => {
    const { packages } = await diffOf(scratch, [[database(status('1'))]], [[], [database(status('1'))]]);
    expect(packages).toEqual({
      unchanged: true,
      unreadable: false,
      paths: ['/var/lib/dpkg/status'],
      databases: [],
      changes: [],
    });
  });
});

describe('patches', () => {
  test('show the changed lines of a text file', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `user${i}:x:${i}\n`).join('');
    const options = { ...ONLY_FILES, patch: {} };
    for (const compression of [null, 'gzip'] as const) {
      const shape = { form: 'oci', compression } as const;
      const shapes = { a: shape, b: shape };
      const b = [file('first', 'x'), file('etc/passwd', `${lines}x:x:1000\n`)];
      const { list } = await diffOf(
        scratch,
        [[file('first', 'x'), file('etc/passwd', lines)]],
        [b],
        options,
        shapes,
      );
      expect(list[0]?.patch).toBe(
        '--- a/etc/passwd\n+++ b/etc/passwd\n@@ -48,3 +48,4 @@\n' +
          ' user47:x:47\n user48:x:48\n user49:x:49\n+x:x:1000\n',
      );
    }
  });

  test('have a reason where they are missing', async () => {
    const big = 'x\n'.repeat(600_000);
    const a = [file('binary', 'a\0b'), file('big', big), file('mode', 'x', { mode: 0o600 }), file('new', '')];
    const b = [file('binary', 'a\0c'), file('big', `${big}y`), file('mode', 'x'), file('added', 'z')];
    const { list } = await diffOf(scratch, [a], [b], { ...ONLY_FILES, patch: {} });
    expect(list.map(({ path, patch, patchOmitted }) => [path, patch, patchOmitted])).toEqual([
      ['/added', undefined, undefined],
      ['/big', undefined, 'too-large'],
      ['/binary', undefined, 'binary'],
      ['/mode', undefined, undefined],
      ['/new', undefined, undefined],
    ]);
  });

  test('show a renamed directory file by file', async () => {
    const tree = (top: string) => [file(`${top}/a`, 'first'), file(`${top}/b`, 'second')];
    const { list } = await diffOf(scratch, [tree('old')], [tree('new')], { ...ONLY_FILES, patch: {} });
    expect(inWords(list)).toEqual(['+ /new', '> /old/a /new/a', '> /old/b /new/b', '- /old']);
  });

  test('include files of one image only on request', async () => {
    const options = { ...ONLY_FILES, patch: { newFiles: true } };
    const { list } = await diffOf(scratch, [[file('gone', 'a\n')]], [[file('new', 'bb\n')]], options);
    expect(list.map(({ patch }) => patch)).toEqual([
      '--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
      '--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+bb\n',
    ]);
  });
});

describe('an image at two of its layers', () => {
  test('shows the changes of the layers between them', async () => {
    const layers = [[file('a', '1')], [file('b', '22')], [{ path: '.wh.a' }], [file('c', '333')]];
    const archive = await openArchive({
      path: scratch.file(
        buildDockerArchive({ images: [{ tags: [], layers: layers.map(buildTar) }] }, { form: 'legacy' }),
      ),
    });
    const image = selectImage(archive, {});
    const at = (position: number) => ({ archive, image: upToLayer(image, position) });
    const document = await compareImages(...(await readPair(at(0), at(2))));
    expect(inWords([...(document.files ?? [])])).toEqual(['- /a', '+ /b']);
    expect(document.layers).toMatchObject({ prefix: 1, onlyInA: [], onlyInB: [{ layer: 1 }, { layer: 2 }] });
    expect(document.history?.map(({ change, indexB }) => [change, indexB])).toEqual([
      ['added', 1],
      ['added', 2],
    ]);
    expect([document.a.upToLayer, document.b.upToLayer, document.b.layers]).toEqual([0, 2, 3]);
    const fromNothing = await compareImages(...(await readPair(at(-1), at(3))));
    expect(inWords([...(fromNothing.files ?? [])])).toEqual(['+ /b', '+ /c']);
    expect((await errorOfAsync(() => at(4))).code).toBe('ERR_LAYERS_LAYER_NOT_FOUND');
  });
});

describe('images that cannot be compared', () => {
  test('a damaged layer causes an error, not a difference', async () => {
    const tar = buildTar([file('a', 'x'.repeat(2000))]);
    const [a, b] = await pairOf(scratch, [[file('a', '1')]], [], {
      b: { form: 'legacy', layers: [tar.subarray(0, 1024)] },
    });
    expect((await errorOfAsync(() => compareImages(a, b))).code).toBe('ERR_LAYERS_TAR_TRUNCATED');
  });

  test('a sparse file with another map in a pipe causes an error that requires a file', async () => {
    const archiveOf = (spec: EntrySpec): Buffer =>
      buildDockerArchive({ images: [{ tags: [], layers: [buildTar([spec])] }] }, { form: 'legacy' });
    const sparse: EntrySpec = {
      path: 'f',
      data: Buffer.from('x'),
      sparse: { realSize: 2, extents: [[1, 1]] },
    };
    const open = async (bytes: Buffer) => {
      const archive = await openArchive(pipe(bytes), { threads: 0 });
      return { archive, image: selectImage(archive, {}) };
    };
    const pair = await readPair(await open(archiveOf(sparse)), await open(archiveOf(file('f', '\0x'))));
    const error = await errorOfAsync(() => compareImages(...pair, ONLY_FILES));
    expect(error.code).toBe('ERR_LAYERS_NEEDS_FILE');
  });
});
