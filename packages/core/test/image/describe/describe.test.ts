import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { blobOf, json, layoutOf, OCI, type OciImagePart, ociImage } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { createFileArchiveReader } from '../../../src/image/archive/file-archive-reader.ts';
import { describeImages } from '../../../src/image/describe/describe.ts';
import { imageChoices, selectImage } from '../../../src/image/describe/select-image.ts';
import { fileSource } from '../../../src/io/file-source.ts';
import { codesOf, described, describedLayout } from '../../support/described.ts';

const scratch = useScratch();
const base = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);
const top = buildTar([{ path: 'etc/issue', data: Buffer.from('issue') }]);
const image = ociImage([base, top]);
const other = ociImage([top]);

const entryOf = (part: OciImagePart, tags: readonly string[], layers?: readonly string[]) => ({
  Config: `blobs/sha256/${part.config.hex}`,
  RepoTags: tags,
  Layers: layers ?? part.layers.map(({ hex }) => `blobs/sha256/${hex}`),
});
const manifestJson = (...entries: readonly object[]): EntrySpec => ({
  path: 'manifest.json',
  data: json(entries),
});
const tagged = (part: OciImagePart, name: string) => ({
  ...part.manifest.descriptor,
  annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': 'latest' },
});

describe('a hybrid archive', () => {
  test('joins the values of its two documents', async () => {
    const files = [
      ...layoutOf([tagged(image, 'docker.io/library/app:latest')]),
      manifestJson(entryOf(image, ['app:latest', 'me/app:2'])),
      ...image.files,
    ];
    const description = await described(files, scratch);
    expect([description.format, description.variant, codesOf(description)]).toEqual([
      'docker-archive',
      'hybrid',
      [],
    ]);
    expect(description.images).toHaveLength(1);
    expect(description.images[0]).toMatchObject({
      id: image.config.digest,
      manifestDigest: image.manifest.digest,
      tags: ['app:latest', 'me/app:2'],
    });
    expect(describedLayout(files, scratch)).toMatchObject({ format: 'oci', variant: null });
  });

  test('that was saved by id, with an index of null, is described by its manifest.json', async () => {
    const description = await described(
      [...layoutOf(null), manifestJson(entryOf(image, [])), ...image.files],
      scratch,
    );
    expect([description.variant, codesOf(description)]).toEqual(['hybrid', []]);
    expect(description.images[0]).toMatchObject({ id: image.config.digest, manifestDigest: null, tags: [] });
  });

  test('whose documents have different images has all of them, with a finding', async () => {
    const description = await described(
      [
        ...layoutOf([tagged(image, 'docker.io/library/app:1')]),
        manifestJson(entryOf(other, ['other:1'])),
        ...image.files,
        ...other.files.slice(1),
      ],
      scratch,
    );
    expect(description.images.map(({ tags }) => tags)).toEqual([['app:1'], ['other:1']]);
    expect(codesOf(description)).toEqual(['manifests-disagree']);
  });

  test('whose documents name different files for a layer has a finding', async () => {
    const [first] = image.layers;
    const layers = image.layers.map(() => `blobs/sha256/${first?.hex}`);
    const description = await described(
      [
        ...layoutOf([tagged(image, 'docker.io/library/app:1')]),
        manifestJson(entryOf(image, ['app:1'], layers)),
        ...image.files,
      ],
      scratch,
    );
    expect(codesOf(description)).toEqual(['manifests-disagree@1']);
  });

  test.each(['raw', 'gzip'] as const)('has the layers that agree with the DiffIDs, %s', async (stored) => {
    const right = ociImage([base, top], { stored: [stored] });
    const wrongManifest = (layers: readonly object[]) =>
      blobOf({ schemaVersion: 2, config: right.config.descriptor, layers }, `${OCI}.manifest.v1+json`);
    const descriptors = right.layers.map(({ descriptor }) => descriptor);
    for (const layers of [[...descriptors].reverse(), [], descriptors.slice(1)]) {
      const manifest = wrongManifest(layers);
      const parts = [manifest, right.config, ...right.layers].map(({ file }) => file);
      const files = [
        ...layoutOf([{ ...manifest.descriptor, ...tagged(right, 'docker.io/library/app:1').annotations }]),
        manifestJson(entryOf(right, ['app:1'])),
        ...parts,
      ];
      const description = describeImages(createFileArchiveReader(fileSource(scratch.file(buildTar(files)))));
      expect(description.images).toHaveLength(1);
      const [only] = description.images;
      expect(only?.layers.map(({ name }) => name)).toEqual(right.layers.map(({ file }) => file.path));
      expect([only?.id, only?.tags, only?.manifestDigest]).toEqual([right.config.digest, ['app:1'], null]);
      expect(codesOf(description)).toContain('manifests-disagree');
    }
  });

  test('with an invalid index is described by its manifest.json, with a finding', async () => {
    for (const data of [Buffer.from('{"schemaVersion": 2,'), json({ schemaVersion: 2, manifests: {} })]) {
      const description = await described(
        [{ path: 'index.json', data }, manifestJson(entryOf(image, ['app:1'])), ...image.files],
        scratch,
      );
      expect(codesOf(description)).toEqual(['manifest-unreadable', 'manifests-disagree']);
      expect(description.images[0]?.tags).toEqual(['app:1']);
    }
  });

  test('uses tags without a name in annotations only where there are no others', async () => {
    const descriptor = {
      ...image.manifest.descriptor,
      annotations: { 'org.opencontainers.image.ref.name': 'latest' },
    };
    const tags = async (...names: string[]) =>
      (
        await described(
          [...layoutOf([descriptor]), manifestJson(entryOf(image, names)), ...image.files],
          scratch,
        )
      ).images[0]?.tags;
    expect(await tags('app:latest')).toEqual(['app:latest']);
    expect(await tags()).toEqual(['latest']);
  });
});

describe('the file repositories beside manifest.json', () => {
  const codes = async (repositories: Uint8Array, ...tags: string[]) =>
    codesOf(
      await described(
        [manifestJson(entryOf(image, tags)), { path: 'repositories', data: repositories }, ...image.files],
        scratch,
      ),
    );
  const id = 'a'.repeat(64);

  test('may repeat the tags, or have none', async () => {
    expect(
      await codes(json({ app: { '1': id }, 'ghcr.io/me/x': { y: id } }), 'app:1', 'ghcr.io/me/x:y'),
    ).toEqual([]);
    expect(await codes(json({ app: { '1': id }, 'docker.io/library/app': { '1': id } }), 'app:1')).toEqual(
      [],
    );
    expect(await codes(json({}), 'app:1')).toEqual([]);
  });

  test.each([
    ['other tags', json({ app: { '2': id } })],
    ['more tags', json({ app: { '1': id, '2': id } })],
    ['nonsense', json({ app: 5 })],
    ['no JSON', Buffer.from('{')],
  ])('with %s causes a finding', async (_, repositories) => {
    expect(await codes(repositories, 'app:1')).toEqual(['tags-disagree']);
  });
});

describe('the history', () => {
  test('with too few or too many steps causes a finding', async () => {
    for (const count of [1, 3]) {
      const history = Array.from({ length: count }, (_, i) => ({ created_by: `step ${i}` }));
      const part = ociImage([base, top], { configMore: { history } });
      const files = [...layoutOf([part.manifest.descriptor]), ...part.files];
      expect(codesOf(await described(files, scratch)), `${count}`).toEqual(['history-mismatch']);
    }
    const none = ociImage([base, top], { configMore: { history: undefined } });
    expect(
      codesOf(await described([...layoutOf([none.manifest.descriptor]), ...none.files], scratch)),
    ).toEqual([]);
  });
});

describe('an image that cannot be read', () => {
  const bad = blobOf({ os: 'linux' }, `${OCI}.config.v1+json`);
  const badManifest = blobOf(
    { schemaVersion: 2, config: bad.descriptor, layers: [] },
    `${OCI}.manifest.v1+json`,
  );
  const named = (descriptor: object, name: string) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': name },
  });
  const files = [
    ...layoutOf([named(badManifest.descriptor, 'bad'), named(image.manifest.descriptor, 'good')]),
    bad.file,
    badManifest.file,
    ...image.files,
  ];

  test('in an index is a finding and a choice, and does not hide the others', async () => {
    const description = await described(files, scratch);
    const { images, unreadable } = description;
    expect(images.map(({ tags }) => tags)).toEqual([['good']]);
    expect(codesOf(description)).toEqual(['image-unreadable']);
    expect(imageChoices(images, unreadable)).toMatchObject([
      { number: '#1', tags: ['good'] },
      { number: '#2', tags: ['bad'], problem: expect.stringContaining('rootfs is missing') },
    ]);
    expect(selectImage(description, { image: 'good' })).toBe(images[0]);
    expect(selectImage(description)).toBe(images[0]);
    for (const query of ['bad', '#2', badManifest.digest]) {
      const error = await errorOfAsync(() => selectImage(description, { image: query }));
      expect(error).toMatchObject({ code: 'ERR_LAYERS_CONFIG', file: bad.file.path });
    }
    const unknown = await errorOfAsync(() => selectImage(description, { image: 'x' }));
    expect(unknown.hint).toContain('#2 bad (unreadable)');
  });

  test('in manifest.json is one too', async () => {
    const description = await described(
      [
        manifestJson({ Config: 'none.json', RepoTags: ['bad:1'], Layers: [] }, entryOf(image, ['good:1'])),
        ...image.files,
      ],
      scratch,
    );
    expect(description.images.map(({ tags }) => tags)).toEqual([['good:1']]);
    expect(description.unreadable.map(({ tags }) => tags)).toEqual([['bad:1']]);
    expect(codesOf(description)).toEqual(['image-unreadable']);
  });

  const digest = `sha256:${'0'.repeat(64)}`;
  const annotations = { 'org.opencontainers.image.ref.name': 'bad:1' };
  test.each([
    ['manifest.json without a config', true, { RepoTags: ['bad:1'], Layers: [] }],
    ['manifest.json with layers of no list', true, { Config: 'c', repotags: ['bad:1'], Layers: 5 }],
    ['manifest.json of null', true, null],
    ['an index with no digest', false, { size: 1, annotations }],
    ['an index with a short digest', false, { digest: 'sha256:123', size: 1, annotations }],
    ['an index with a negative size', false, { digest, size: -1, annotations }],
    ['an index of text', false, 'oops'],
  ] as const)('by an entry of %s does not hide the others', async (_, isDocker, entry) => {
    const document = isDocker
      ? { path: 'manifest.json', data: json([entry, entryOf(image, ['good:1'])]) }
      : {
          path: 'index.json',
          data: json({ manifests: [entry, named(image.manifest.descriptor, 'good:1')] }),
        };
    const description = await described([document, ...image.files], scratch);
    expect(description.images.map(({ tags }) => tags)).toEqual([['good:1']]);
    const isNamed = typeof entry === 'object' && entry !== null;
    expect(description.unreadable.map(({ tags }) => tags)).toEqual([isNamed ? ['bad:1'] : []]);
    expect(codesOf(description)).toContain('image-unreadable');
  });

  test('by the manifest.json of an archive is a finding where an index has the image', async () => {
    for (const text of ['null', '{"Config":', '{}']) {
      const description = await described(
        [
          ...layoutOf([named(image.manifest.descriptor, 'good')]),
          { path: 'manifest.json', data: Buffer.from(text) },
          ...image.files,
        ],
        scratch,
      );
      expect(description.images.map(({ tags }) => tags)).toEqual([['good']]);
      expect(codesOf(description)).toEqual(['manifest-unreadable']);
    }
    const alone = [{ path: 'manifest.json', data: Buffer.from('null') }, ...image.files];
    expect(await codeOfAsync(() => described(alone, scratch))).toBe('ERR_LAYERS_DOCKER_MANIFEST');
  });

  test('and is the only one is an error', async () => {
    const alone = [...layoutOf([badManifest.descriptor]), bad.file, badManifest.file];
    const error = await errorOfAsync(() => described(alone, scratch));
    expect(error.code).toBe('ERR_LAYERS_CONFIG');
  });
});
