import { buildDockerArchive } from '@layers/testing/archive-builder';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { blobOf, configOf, digestBy, json, plainArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { createFileArchiveReader } from '../../../src/image/archive/file-archive-reader.ts';
import { describeImages } from '../../../src/image/describe/describe.ts';
import { fileSource } from '../../../src/io/file-source.ts';
import { codesOf, described, describedLayout } from '../../support/described.ts';

const scratch = useScratch();
const [base, top] = [
  buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]),
  buildTar([{ path: 'etc/issue', data: Buffer.from('issue') }]),
];
const ids = ['1', '2', '3'].map((digit) => digit.repeat(64));
const [v1, v2, v3] = [ids[0] ?? '', ids[1] ?? '', ids[2] ?? ''];

describe('an archive with manifest.json', () => {
  test('of the legacy form has its images, in order, with their declared values', async () => {
    const bytes = buildDockerArchive(
      {
        images: [
          { tags: ['docker.io/library/app:1', 'app:1', 'me/app:2'], layers: [base, top] },
          { tags: [], layers: [top, base] },
        ],
      },
      { form: 'legacy' },
    );
    const { format, variant, images, findings } = describeImages(
      createFileArchiveReader(fileSource(scratch.file(bytes))),
    );
    expect([format, variant, findings]).toEqual(['docker-archive', 'legacy', []]);
    expect(images.map(({ tags }) => tags)).toEqual([['app:1', 'me/app:2'], []]);
    const [first, second] = images;
    expect(first?.layers.map(({ diffId }) => diffId)).toEqual([
      digestBy('sha256', base),
      digestBy('sha256', top),
    ]);
    expect(first?.id).toBe(digestBy('sha256', first?.configBytes ?? new Uint8Array(0)));
    expect(first?.declaredId).toBe(first?.id);
    expect(first).toMatchObject({
      manifestDigest: null,
      platform: { os: 'linux', architecture: 'amd64' },
      documents: [{ kind: 'image-id', size: null }],
    });
    expect(first?.layers[0]).toMatchObject({ digest: null, size: null, mediaType: null, data: null });
    // The layers of the second image are symlinks to those of the first.
    expect(second?.layers.map(({ name }) => name)).toEqual(first?.layers.map(({ name }) => name).reverse());
  });

  test('of kaniko names configs and layers by digest', async () => {
    const layers = [blobOf(base, ''), blobOf(top, '')];
    const config = blobOf(configOf([base, top]), '');
    const files: EntrySpec[] = [
      { path: config.digest, data: config.file.data },
      ...layers.map(({ hex, file }) => ({ path: `${hex}.tar.gz`, data: file.data })),
      {
        path: 'manifest.json',
        data: json([
          { Config: config.digest, RepoTags: ['a/b:c'], Layers: layers.map(({ hex }) => `${hex}.tar.gz`) },
        ]),
      },
    ];
    const { variant, images } = await described(files, scratch);
    expect(variant).toBe('plain');
    expect(images[0]).toMatchObject({ id: config.digest, declaredId: config.digest, tags: ['a/b:c'] });
    // These names repeat the DiffIDs, so they declare no digests of the blobs.
    expect(images[0]?.layers.map(({ digest }) => digest)).toEqual([null, null]);
  });

  test('has the same description after extraction to a directory', () => {
    const { files, config } = plainArchive([{ name: 'a.tar', tar: base }]);
    const { format, variant, images } = describedLayout(files, scratch);
    expect([format, variant, images[0]?.id]).toEqual(['docker-archive', 'plain', config.digest]);
  });

  test('has findings for missing layers, wrong counts and a wrong id', async () => {
    const { files, config } = plainArchive(
      [
        { name: 'a.tar', tar: base },
        { name: 'b.tar', tar: top },
      ],
      { configMore: { rootfs: { type: 'layers', diff_ids: [digestBy('sha256', base)] } } },
    );
    const renamed = `${'0'.repeat(64)}.json`;
    const broken = files
      .filter(({ path }) => path !== 'b.tar')
      .map((file) => (file.path === `${config.hex}.json` ? { ...file, path: renamed } : file))
      .map((file) =>
        file.path === 'manifest.json'
          ? { ...file, data: json([{ Config: renamed, Layers: ['a.tar', 'b.tar'] }]) }
          : file,
      );
    const description = await described(broken, scratch);
    expect(codesOf(description)).toEqual(['image-id-mismatch', 'layer-count-mismatch', 'layer-missing@1']);
    expect(description.images[0]).toMatchObject({
      id: config.digest,
      declaredId: `sha256:${'0'.repeat(64)}`,
      tags: [],
    });
    expect(description.images[0]?.layers[1]).toMatchObject({ file: null, name: 'b.tar', diffId: null });
  });

  test('ignores names that leave the archive', async () => {
    const config = blobOf(configOf([base]), '');
    const files: EntrySpec[] = [
      { path: 'c.json', data: config.file.data },
      { path: 'manifest.json', data: json([{ Config: './c.json', Layers: ['../../etc/passwd'] }]) },
    ];
    expect(codesOf(await described(files, scratch))).toEqual(['layer-missing@0']);
  });

  test.each([
    ['a config that is not there', [{ Config: 'c.json', Layers: [] }], 'ERR_LAYERS_CONFIG'],
    ['null', null, 'ERR_LAYERS_DOCKER_MANIFEST'],
    ['an object', {}, 'ERR_LAYERS_DOCKER_MANIFEST'],
    ['no image', [], 'ERR_LAYERS_NO_IMAGE'],
    ['an image without config', [{ Layers: [] }], 'ERR_LAYERS_DOCKER_MANIFEST'],
  ])('%s causes an error', async (_, manifest, code) => {
    const bytes = buildTar([{ path: 'manifest.json', data: json(manifest) }]);
    const error = await errorOfAsync(() =>
      describeImages(createFileArchiveReader(fileSource(scratch.file(bytes)))),
    );
    expect(error.code).toBe(code);
    expect(error.hint).toBeDefined();
  });

  test('has one image with all tags where an image is listed twice', async () => {
    const { files, config } = plainArchive([{ name: 'a.tar', tar: base }]);
    const entry = { Config: `${config.hex}.json`, Layers: ['a.tar'] };
    const manifest = json([{ ...entry, RepoTags: ['a:1'] }, { ...entry, RepoTags: ['b:1'] }, entry]);
    const description = await described(
      files.map((m) => (m.path === 'manifest.json' ? { ...m, data: manifest } : m)),
      scratch,
    );
    expect(description.images.map(({ tags, id }) => [tags, id])).toEqual([[['a:1', 'b:1'], config.digest]]);
    expect(codesOf(description)).toEqual([]);
  });
});

describe('an archive from before manifest.json', () => {
  const layer = (id: string, parent: string | null, tar: Uint8Array): EntrySpec[] => [
    { path: `${id}/VERSION`, data: Buffer.from('1.0') },
    {
      path: `${id}/json`,
      data: json({
        id,
        ...(parent === null ? {} : { parent }),
        created: `2014-01-0${id[0]}T00:00:00Z`,
        os: 'linux',
        architecture: 'amd64',
        config: { Cmd: [id.slice(0, 3)] },
        container_config: { Cmd: ['/bin/sh', '-c', `#(nop) STEP ${id[0]}`] },
      }),
    },
    { path: `${id}/layer.tar`, data: tar },
  ];
  const repositories = (value: unknown): EntrySpec => ({ path: 'repositories', data: json(value) });

  test('has its images by the chains of their parents', async () => {
    const { format, variant, images } = await described(
      [
        ...layer(v1, null, base),
        ...layer(v2, v1, top),
        ...layer(v3, v1, top),
        repositories({ app: { '1': v2, latest: v2 }, 'me/other': { '2': v3 } }),
      ],
      scratch,
    );
    expect([format, variant]).toEqual(['docker-archive', 'legacy']);
    expect(images.map(({ tags }) => tags)).toEqual([['app:1', 'app:latest'], ['me/other:2']]);
    expect(images[0]).toMatchObject({
      id: null,
      declaredId: null,
      configBytes: null,
      platform: { os: 'linux', architecture: 'amd64' },
      documents: [],
      config: { created: '2014-01-02T00:00:00Z', config: { Cmd: ['222'] }, diffIds: [] },
    });
    expect(images[0]?.layers.map(({ name }) => name)).toEqual([`${v1}/layer.tar`, `${v2}/layer.tar`]);
    expect(images[0]?.config.history.map(({ createdBy }) => createdBy)).toEqual([
      '/bin/sh -c #(nop) STEP 1',
      '/bin/sh -c #(nop) STEP 2',
    ]);
  });

  test('has a finding for a missing layer', async () => {
    const files = [...layer(v1, null, base), ...layer(v2, v1, top), repositories({ app: { '1': v2 } })];
    const without = files.filter(({ path }) => path !== `${v1}/layer.tar`);
    expect(codesOf(await described(without, scratch))).toEqual(['layer-missing@0']);
  });

  test.each([
    ['a parent that is not there', [...layer(v2, v1, top), repositories({ app: { '1': v2 } })]],
    [
      'parents in a circle',
      [...layer(v1, v2, base), ...layer(v2, v1, top), repositories({ a: { '1': v2 } })],
    ],
    ['a top that is not there', [...layer(v1, null, base), repositories({ a: { '1': v3 } })]],
  ])('%s causes an error', async (_, files) => {
    expect(await codeOfAsync(() => described(files, scratch))).toBe('ERR_LAYERS_V1');
  });

  test('has no image without a tag', async () => {
    const bare = [...layer(v1, null, base), repositories({})];
    expect(await codeOfAsync(() => described(bare, scratch))).toBe('ERR_LAYERS_NO_IMAGE');
  });
});
