import { gzipSync } from 'node:zlib';
import { analysed, INPUTS, readOne } from '@layers/testing/analysed';
import { codeOfAsync } from '@layers/testing/errors';
import {
  blobOf,
  configOf,
  digestBy,
  layoutOf,
  OCI,
  ociImage,
  plainArchive,
} from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { analyse, refuseDamage } from '../../src/analysis/analysis.ts';
import { historyDocument } from '../../src/analysis/history.ts';
import { inspectDocument } from '../../src/analysis/inspect.ts';
import { wasteDocument } from '../../src/analysis/waste.ts';

const scratch = useScratch();
const file = (path: string, bytes: number, more: Partial<EntrySpec> = {}): EntrySpec => ({
  path,
  data: Buffer.alloc(bytes, 65),
  ...more,
});

const STEPS = [
  { created_by: '/bin/sh -c #(nop) ADD file:0 in / ', created: '2024-01-01T00:00:00Z', comment: 'base' },
  { created_by: '/bin/sh -c #(nop)  ENV A=1', empty_layer: true },
  { created_by: 'RUN /bin/sh -c make # buildkit', author: 'me' },
  { created_by: '/bin/sh -c rm -rf /x' },
];
const LAYERS = [
  [
    file('kept', 10),
    file('changed', 20),
    file('touched', 30),
    file('becomes-folder', 40),
    file('d/deep', 50),
    { path: 'link', type: 'link', linkpath: 'kept' } as const,
    file('twice', 1),
    file('twice', 2),
  ],
  [
    file('changed', 21),
    file('touched', 30, { mode: 0o4755, uid: 7, mtime: 99, xattrs: new Map([['user.x', Buffer.from('y')]]) }),
    file('becomes-folder/inside', 3),
    file('new', 60),
  ],
  [file('.wh.d', 0), file('.wh.kept', 0), file('.wh.new', 0)],
].map(buildTar);
const [base = new Uint8Array(0), ...upper] = LAYERS;
const image = ociImage(LAYERS, { configMore: { history: STEPS } });
const archive = buildTar([...layoutOf([image.manifest.descriptor]), ...image.files]);
const open = () => analysed({ path: scratch.file(archive) });

describe('inspect', () => {
  test('describes the image, its totals and its layers', async () => {
    const document = inspectDocument(await open(), { top: 3 });
    expect(document.image).toEqual({
      id: image.config.digest,
      manifestDigest: image.manifest.digest,
      tags: [],
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2024-05-06T07:08:09Z',
      config: { Cmd: ['/bin/sh'] },
    });
    const tarBytes = LAYERS.reduce((sum, tar) => sum + tar.length, 0);
    expect(document.totals).toEqual({
      layers: 3,
      entries: 15,
      storedBytes: tarBytes,
      tarBytes,
      contentBytes: 267,
      rootfsBytes: 66,
      wastedBytes: 201,
      efficiency: 66 / 267,
      files: 5,
      directories: 1,
      symlinks: 0,
      others: 0,
    });
    const told = document.layers.map((layer) => [
      layer.added,
      layer.modified,
      layer.deleted,
      layer.metadataOnly,
      layer.contentBytes,
      layer.wastedBytes,
      layer.instruction,
      layer.comment,
    ]);
    expect(told).toEqual([
      [7, 0, 0, 0, 153, 141, 'ADD file:0 in /', 'base'],
      [2, 2, 1, 1, 114, 60, 'RUN make', null],
      [0, 0, 3, 0, 0, 0, 'rm -rf /x', null],
    ]);
    expect(document.layers[1]?.createdBy).toBe('RUN /bin/sh -c make # buildkit');
    expect(document.waste.map(({ path, sizeBytes: bytes, cause }) => [path, bytes, cause])).toEqual([
      ['/new', 60, 'deleted'],
      ['/d/deep', 50, 'deleted'],
      ['/becomes-folder', 40, 'replaced'],
    ]);
    expect(document.wastedBytesByCause).toEqual({
      deleted: 110,
      overwritten: 20,
      rewritten: 30,
      replaced: 40,
      'duplicate-entry': 1,
    });
  });

  test('has ChainIDs, and digests only where they are known', async () => {
    const [first, second] = inspectDocument(await open(), { top: 0 }).layers;
    const [a, b] = LAYERS.map((tar) => digestBy('sha256', tar));
    expect([first?.chainId, first?.digest, first?.diffId]).toEqual([a, a, a]);
    expect(second?.chainId).toBe(digestBy('sha256', Buffer.from(`${a} ${b}`)));
    const { files } = plainArchive([{ name: 'a/layer.tar', tar: base }]);
    const path = scratch.file(buildTar(files));
    const [plain] = inspectDocument(await analysed({ path }), { top: 0 }).layers;
    expect([plain?.digest, plain?.verified, plain?.mediaType]).toEqual([
      null,
      null,
      'application/vnd.docker.image.rootfs.diff.tar',
    ]);
    const [verified] = inspectDocument(await analysed({ path }, { verify: true }), { top: 0 }).layers;
    expect([verified?.digest, verified?.verified]).toEqual([a, true]);
  });

  test('is all zeros for an image without layers', async () => {
    const empty = ociImage([]);
    const path = scratch.file(buildTar([...layoutOf([empty.manifest.descriptor]), ...empty.files]));
    const { totals, layers, waste } = inspectDocument(await analysed({ path }), { top: 9 });
    expect([totals.layers, totals.contentBytes, totals.efficiency, layers, waste]).toEqual([0, 0, 1, [], []]);
  });
});

describe('waste', () => {
  test('is listed completely, largest first, with its layers and the changed attributes', async () => {
    const { waste, wasteByLayer, totals } = wasteDocument(await open());
    const told = waste.map((item) => [
      item.path,
      item.sizeBytes,
      item.layer,
      item.unreachableFromLayer,
      item.cause,
      item.unreachableBy,
      ...(item.changed ?? []),
    ]);
    expect(told).toEqual([
      ['/new', 60, 1, 2, 'deleted', 'rm -rf /x'],
      ['/d/deep', 50, 0, 2, 'deleted', 'rm -rf /x'],
      ['/becomes-folder', 40, 0, 1, 'replaced', 'RUN make'],
      ['/touched', 30, 0, 1, 'rewritten', 'RUN make', 'mode', 'owner', 'mtime', 'xattrs'],
      ['/changed', 20, 0, 1, 'overwritten', 'RUN make'],
      ['/twice', 1, 0, 0, 'duplicate-entry', 'ADD file:0 in /'],
    ]);
    expect(waste.reduce((sum, { sizeBytes: bytes }) => sum + bytes, 0)).toBe(totals.wastedBytes);
    expect(wasteByLayer.map(({ wastedBytes }) => wastedBytes)).toEqual([141, 60, 0]);
  });

  test('has the bytes of a name that is not UTF-8', async () => {
    const odd = Buffer.from([0x61, 0xff, 0x62]);
    const part = ociImage([
      buildTar([{ path: odd, data: Buffer.from('x') }]),
      buildTar([{ path: odd, data: Buffer.from('y') }]),
    ]);
    const path = scratch.file(buildTar([...layoutOf([part.manifest.descriptor]), ...part.files]));
    expect(wasteDocument(await analysed({ path })).waste[0]).toMatchObject({
      path: '/a\uFFFDb',
      pathBase64: Buffer.concat([Buffer.from('/'), odd]).toString('base64'),
    });
  });
});

describe('history', () => {
  test('is listed newest first, each step with its layer', async () => {
    const { history } = historyDocument(await readOne({ path: scratch.file(archive) }));
    expect(history.map((step) => [step.layer, step.instruction, step.emptyLayer, step.contentBytes])).toEqual(
      [
        [2, 'rm -rf /x', false, 0],
        [1, 'RUN make', false, 114],
        [null, 'ENV A=1', true, 0],
        [0, 'ADD file:0 in /', false, 153],
      ],
    );
    expect(history[1]).toMatchObject({
      author: 'me',
      comment: null,
      created: null,
      storedBytes: upper[0]?.length,
    });
    expect(history[3]).toMatchObject({ comment: 'base', diffId: digestBy('sha256', base) });
  });

  test('includes layers without a step', async () => {
    const part = ociImage(LAYERS, { configMore: { history: [] } });
    const path = scratch.file(buildTar([...layoutOf([part.manifest.descriptor]), ...part.files]));
    const { history, findings } = historyDocument(await readOne({ path }));
    expect(history.map(({ layer, createdBy }) => [layer, createdBy])).toEqual([
      [2, null],
      [1, null],
      [0, null],
    ]);
    expect(findings).toEqual([]);
  });
});

describe('a damaged layer', () => {
  const damagedHeader = Buffer.from(base);
  damagedHeader.write('X', 20);
  const xz = Buffer.concat([Buffer.from('fd377a585a0000', 'hex'), Buffer.alloc(100)]);
  const bzip2 = Buffer.concat([Buffer.from('BZh91AY&SY'), Buffer.alloc(100)]);
  const gzip = gzipSync(base);

  test.each([
    ['with a damaged header', damagedHeader, '.tar', 'the tar header at byte 0 has a wrong checksum', 0],
    ['that ends inside gzip data', gzip.subarray(0, 60), '.tar+gzip', 'gzip: unexpected end of data', 60],
    ['compressed with xz', xz, '.tar+xz', 'cannot read a layer compressed with xz', undefined],
    ['compressed with xz, of another type', xz, '.tar+gzip', 'compressed with xz', undefined],
    ['compressed with bzip2', bzip2, '.tar', 'cannot read a layer compressed with bzip2', undefined],
  ])('%s is a finding, and does not affect the others', async (_, stored, type, message, offset) => {
    const layers = [
      blobOf(base, `${OCI}.layer.v1.tar`),
      blobOf(stored, `${OCI}.layer.v1${type}`),
      blobOf(buildTar([file('on-top', 4)]), `${OCI}.layer.v1.tar`),
    ];
    const config = blobOf(configOf(layers.map((layer) => layer.file.data)), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      { schemaVersion: 2, config: config.descriptor, layers: layers.map(({ descriptor }) => descriptor) },
      `${OCI}.manifest.v1+json`,
    );
    const parts = [config, manifest, ...layers].map((part) => part.file);
    const bytes = buildTar([...layoutOf([manifest.descriptor]), ...parts]);
    for (const [, inputOf] of INPUTS) {
      const read = await readOne(inputOf(bytes, scratch));
      const document = inspectDocument(analyse(read), { top: 9 });
      expect(document.layers.map(({ entries }) => entries)).toEqual([8, 0, 1]);
      expect(document.layers[1]?.verified).not.toBe(true);
      expect(document.findings).toContainEqual(
        expect.objectContaining({
          code: 'layer-unreadable',
          severity: 'error',
          message: expect.stringContaining(message),
          place: { layer: 1, ...(offset === undefined ? {} : { offset }) },
        }),
      );
      expect(() => refuseDamage(read)).toThrow(message);
    }
  });

  test('that is missing does not affect the others', async () => {
    const [first, second] = LAYERS.map((tar) => blobOf(tar, `${OCI}.layer.v1.tar`));
    const config = blobOf(configOf(LAYERS.slice(0, 2)), `${OCI}.config.v1+json`);
    const layers = [first?.descriptor, second?.descriptor];
    const manifest = blobOf(
      { schemaVersion: 2, config: config.descriptor, layers },
      `${OCI}.manifest.v1+json`,
    );
    const files = [...layoutOf([manifest.descriptor]), config.file, manifest.file];
    const path = scratch.file(buildTar(second === undefined ? files : [...files, second.file]));
    const document = inspectDocument(await analysed({ path }), { top: 9 });
    expect(document.layers.map(({ entries, storedBytes }) => [entries, storedBytes])).toEqual([
      [0, 0],
      [4, upper[0]?.length],
    ]);
    expect(document.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'layer-missing',
    ]);
  });

  test('whose sizes exceed 2^53 in total is an error', async () => {
    const huge = (path: string): EntrySpec => ({
      path,
      data: Buffer.alloc(0),
      sparse: { realSize: 2 ** 53 - 1, extents: [] },
    });
    const part = ociImage([buildTar([huge('a'), huge('b')])]);
    const path = scratch.file(buildTar([...layoutOf([part.manifest.descriptor]), ...part.files]));
    expect(await codeOfAsync(() => analysed({ path }))).toBe('ERR_LAYERS_LIMIT');
  });
});
