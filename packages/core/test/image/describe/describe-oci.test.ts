import { gzipSync } from 'node:zlib';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import {
  type BlobPart,
  blobOf,
  configOf,
  digestBy,
  json,
  layoutOf,
  OCI,
  ociImage,
} from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { refuseDamage } from '../../../src/analysis/analysis.ts';
import { verifyArchive } from '../../../src/analysis/verify.ts';
import {
  imageChoices,
  selectImage,
  selectImageOrArtifact,
} from '../../../src/image/describe/select-image.ts';
import { openArchive } from '../../../src/image/open-archive.ts';
import { readImage } from '../../../src/image/read-image.ts';
import { hostPlatform } from '../../../src/oci/platform.ts';
import { codesOf, described, describedLayout } from '../../support/described.ts';

const scratch = useScratch();
const base = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);
const top = buildTar([{ path: 'etc/issue', data: Buffer.from('issue') }]);
const image = ociImage([base, top]);
const arm = ociImage([base], { configMore: { architecture: 'arm64', variant: 'v8' } });
const INDEX = `${OCI}.index.v1+json`;
const named = (name: string) => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
const full = (name: string) => ({ annotations: { 'io.containerd.image.name': name } });
const indexOf = (...manifests: object[]) => blobOf({ schemaVersion: 2, manifests }, INDEX);

describe('an OCI archive', () => {
  test('has its images with all declared values', async () => {
    const files = [...layoutOf([{ ...image.manifest.descriptor, ...named('1.0') }]), ...image.files];
    const description = await described(files, scratch);
    expect([description.format, description.variant, codesOf(description)]).toEqual([
      'oci-archive',
      null,
      [],
    ]);
    const [only] = description.images;
    expect(only).toMatchObject({
      id: image.config.digest,
      declaredId: image.config.digest,
      manifestDigest: image.manifest.digest,
      tags: ['1.0'],
      platform: { os: 'linux', architecture: 'amd64' },
      documents: [
        { kind: 'digest', digest: image.manifest.digest, size: image.manifest.descriptor.size },
        { kind: 'image-id', digest: image.config.digest, size: image.config.descriptor.size },
      ],
    });
    expect(
      only?.layers.map(({ digest, diffId, size, mediaType }) => [digest, diffId, size, mediaType]),
    ).toEqual(
      [base, top].map((tar) => [
        digestBy('sha256', tar),
        digestBy('sha256', tar),
        tar.length,
        `${OCI}.layer.v1.tar`,
      ]),
    );
    const layout = describedLayout(files, scratch);
    expect([layout.format, layout.variant, codesOf(layout)]).toEqual(['oci', null, []]);
    expect(layout.images[0]).toMatchObject({ id: only?.id, layers: only?.layers, config: only?.config });
  });

  test('with a descriptor for each tag has one image with all of them', async () => {
    const { descriptor } = image.manifest;
    const files = [
      ...layoutOf([
        { ...descriptor, ...full('docker.io/library/app:1') },
        { ...descriptor, ...full('ghcr.io/me/app:2') },
        descriptor,
      ]),
      ...image.files,
    ];
    const { images } = await described(files, scratch);
    expect(images.map(({ tags }) => tags)).toEqual([['app:1', 'ghcr.io/me/app:2']]);
  });

  test('has the images of nested indexes with their tags', async () => {
    const inner = indexOf(image.manifest.descriptor, arm.manifest.descriptor);
    const outer = indexOf(inner.descriptor);
    const files = [
      ...layoutOf([{ ...outer.descriptor, ...full('docker.io/library/app:1') }]),
      inner.file,
      outer.file,
      ...image.files,
      ...arm.files.slice(1),
    ];
    const { images, findings } = await described(files, scratch);
    expect(findings).toEqual([]);
    expect(images.map(({ tags, platform, layers }) => [tags, platform?.architecture, layers.length])).toEqual(
      [
        [['app:1'], 'amd64', 2],
        [['app:1'], 'arm64', 1],
      ],
    );
  });

  test('does not treat attestations and artifacts as images', async () => {
    const statement = blobOf({ _type: 'https://in-toto.io/Statement/v0.1' }, 'application/vnd.in-toto+json');
    const attest = (configMore: object, platform: object, annotations: object) => {
      const config = blobOf(
        { ...configMore, rootfs: { type: 'layers', diff_ids: [] } },
        `${OCI}.config.v1+json`,
      );
      const manifest = blobOf(
        { schemaVersion: 2, config: config.descriptor, layers: [statement.descriptor] },
        `${OCI}.manifest.v1+json`,
      );
      return { descriptor: { ...manifest.descriptor, platform, annotations }, parts: [config, manifest] };
    };
    const unknown = { os: 'unknown', architecture: 'unknown' };
    const byPlatform = attest({ a: 1 }, unknown, {});
    const byAnnotation = attest({ a: 2 }, {}, { 'vnd.docker.reference.type': 'attestation-manifest' });
    const byLayers = attest({ a: 3 }, { os: 'linux', architecture: 'amd64' }, {});
    const empty = blobOf({}, 'application/vnd.oci.empty.v1+json');
    const artifact = blobOf(
      {
        schemaVersion: 2,
        artifactType: 'application/vnd.cncf.helm.config.v1+json',
        config: empty.descriptor,
        layers: [empty.descriptor],
      },
      `${OCI}.manifest.v1+json`,
    );
    const other = blobOf({ anything: true }, 'application/vnd.example+json');
    const all = [byPlatform, byAnnotation, byLayers];
    const { images, artifacts, findings } = await described(
      [
        ...layoutOf([
          ...all.map(({ descriptor }) => descriptor),
          artifact.descriptor,
          other.descriptor,
          image.manifest.descriptor,
        ]),
        ...all.flatMap(({ parts }) => parts.map(({ file }) => file)),
        ...[statement, empty, artifact, other].map(({ file }) => file),
        ...image.files,
      ],
      scratch,
    );
    expect(images.map(({ id }) => id)).toEqual([image.config.digest]);
    expect(artifacts.map((each) => each.artifact.kind)).toEqual([
      'an attestation',
      'a Helm chart',
      'an artifact',
    ]);
    expect(findings.map(({ code, severity }) => `${code}: ${severity}`)).toEqual([
      'artifact: note',
      'artifact: note',
      'artifact: note',
    ]);
  });

  test('names the attestations of an image that the archive has', async () => {
    const attestation = (text: string, about?: string) => {
      const manifest = blobOf({ text }, `${OCI}.manifest.v1+json`);
      const subject = about === undefined ? {} : { 'vnd.docker.reference.digest': about };
      const annotations = { 'vnd.docker.reference.type': 'attestation-manifest', ...subject };
      return { file: manifest.file, descriptor: { ...manifest.descriptor, annotations } };
    };
    const ofImage = attestation('one', image.manifest.digest);
    const ofArm = attestation('two', arm.manifest.digest);
    const ofIndex = attestation('three');
    const absent = attestation('four', arm.manifest.digest);
    const index = indexOf(
      ...[image.manifest, arm.manifest, ofImage, ofArm, ofIndex, absent].map(({ descriptor }) => descriptor),
    );
    const files = [index, ofImage, ofArm, ofIndex].map(({ file }) => file);
    const { images } = await described(
      [...layoutOf([{ ...index.descriptor, ...named('app:1') }]), ...files, ...image.files, ...arm.files],
      scratch,
    );
    expect(images.map(({ attestations }) => attestations)).toEqual([
      [ofImage.descriptor.digest, ofIndex.descriptor.digest],
      [ofArm.descriptor.digest, ofIndex.descriptor.digest],
    ]);
    const alone = await described([...layoutOf([image.manifest.descriptor]), ...image.files], scratch);
    expect(alone.images[0]).not.toHaveProperty('attestations');
  });

  test('is not one where its index lists no images, and the error names the index', async () => {
    const empty = indexOf();
    const nested = [...layoutOf([{ ...empty.descriptor, ...named('app:1') }]), empty.file];
    expect((await errorOfAsync(() => described(nested, scratch))).message).toBe(
      `there is no image in the archive: the index app:1 (${empty.digest}) lists no images`,
    );
    const beside = [...layoutOf([empty.descriptor, image.manifest.descriptor]), empty.file, ...image.files];
    const { images, findings } = await described(beside, scratch);
    expect([images.length, findings.map(({ code }) => code)]).toEqual([1, ['platform-absent']]);
  });

  test('has no finding for a missing attestation', async () => {
    const absent = blobOf({ any: 'thing' }, `${OCI}.manifest.v1+json`).descriptor;
    const byPlatform = { ...absent, platform: { os: 'unknown', architecture: 'unknown' } };
    const byAnnotation = {
      ...absent,
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const files = layoutOf([image.manifest.descriptor, byPlatform, byAnnotation]);
    expect(codesOf(await described([...files, ...image.files], scratch))).toEqual([]);
  });

  test('has the platforms of its index, even where all configs name one architecture', async () => {
    const arms = ['v6', 'v7'].map((variant) => {
      const built = ociImage([base], { configMore: { architecture: 'arm', author: variant } });
      return { built, platform: { os: 'linux', architecture: 'arm', variant } };
    });
    const windows = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' };
    const inner = indexOf(
      ...arms.map(({ built, platform }) => ({ ...built.manifest.descriptor, platform })),
      { ...arm.manifest.descriptor, platform: { os: 'linux', architecture: 'arm64' } },
      { ...image.manifest.descriptor, platform: windows },
    );
    const { images } = await described(
      [
        ...layoutOf([{ ...inner.descriptor, ...full('docker.io/library/app:1') }]),
        inner.file,
        ...image.files,
        ...arm.files.slice(1),
        ...arms.flatMap(({ built }) => built.files.slice(1)),
      ],
      scratch,
    );
    expect(images.map(({ platform }) => platform)).toEqual([
      ...arms.map(({ platform }) => platform),
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
      { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1' },
    ]);
    const choices = imageChoices(images).map(({ platform }) => platform);
    expect(choices).toEqual([
      'linux/arm/v6',
      'linux/arm/v7',
      'linux/arm64/v8',
      'windows(10.0.17763.1)/amd64',
    ]);
    for (const [i, platform] of choices.entries()) {
      expect(selectImage({ images }, { platform: platform ?? '' })).toBe(images[i]);
    }
  });

  test('has an image for each platform that its index gives one manifest', async () => {
    const { descriptor } = image.manifest;
    const platforms = ['v1', 'v2', 'v3'].map((variant) => ({ os: 'linux', architecture: 'amd64', variant }));
    const inner = indexOf(...platforms.map((platform) => ({ ...descriptor, platform })), descriptor);
    const { images } = await described(
      [
        ...layoutOf([
          { ...inner.descriptor, ...full('docker.io/library/app:1') },
          { ...inner.descriptor, ...full('docker.io/library/app:2') },
        ]),
        inner.file,
        ...image.files,
      ],
      scratch,
    );
    expect(images.map(({ platform, tags }) => [platform, tags])).toEqual(
      platforms.map((platform) => [platform, ['app:1', 'app:2']]),
    );
  });

  test('has findings for platforms of the index that are not in the archive', async () => {
    const absent = {
      ...arm.manifest.descriptor,
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    };
    const inner = indexOf(image.manifest.descriptor, absent);
    const withoutConfig = ociImage([top], { configMore: { author: 'nobody' } });
    const { images, findings } = await described(
      [
        ...layoutOf([inner.descriptor, withoutConfig.manifest.descriptor]),
        inner.file,
        withoutConfig.manifest.file,
        ...image.files,
      ],
      scratch,
    );
    expect(images).toHaveLength(1);
    expect(findings.map(({ code }) => code)).toEqual(['platform-absent', 'platform-absent']);
    expect(findings[0]?.message).toContain('linux/arm64/v8');
    expect(findings[1]?.message).toContain('has no config');
  });

  test('may embed blobs in descriptors, and use sha512', async () => {
    const layer = blobOf(base, `${OCI}.layer.v1.tar`, 'sha512');
    const config = blobOf(configOf([base]), `${OCI}.config.v1+json`, 'sha512');
    const embed = ({ file, descriptor }: typeof layer) => ({
      ...descriptor,
      data: Buffer.from(file.data).toString('base64'),
    });
    const manifest = blobOf(
      { schemaVersion: 2, config: embed(config), layers: [embed(layer)] },
      `${OCI}.manifest.v1+json`,
      'sha512',
    );
    const alone = await described(layoutOf([embed(manifest)]), scratch);
    expect(codesOf(alone)).toEqual([]);
    expect(alone.images[0]?.layers[0]).toMatchObject({ file: null, digest: layer.digest });
    expect(Buffer.from(alone.images[0]?.layers[0]?.data ?? []).equals(base)).toBe(true);
    expect(alone.images[0]).toMatchObject({
      manifestDigest: manifest.digest,
      declaredId: config.digest,
      id: digestBy('sha256', config.file.data),
    });
    const stored = await described(
      [...layoutOf([manifest.descriptor]), layer.file, config.file, manifest.file],
      scratch,
    );
    expect(stored.images[0]?.layers[0]).toMatchObject({ data: null, file: { size: base.length } });
  });

  test('has findings for missing and non-distributable layers, and wrong sizes and digests', async () => {
    const foreign = blobOf(top, `${OCI}.layer.nondistributable.v1.tar`);
    const here = blobOf(base, `${OCI}.layer.v1.tar`);
    const lost = blobOf(Buffer.from('lost'), `${OCI}.layer.v1.tar`);
    const config = blobOf(configOf([base, top, base, base]), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      {
        config: { ...config.descriptor, size: 7 },
        layers: [{ ...here.descriptor, size: 5 }, foreign.descriptor, lost.descriptor],
      },
      `${OCI}.manifest.v1+json`,
    );
    const lie = { ...manifest.descriptor, size: 1 };
    const description = await described([...layoutOf([lie]), here.file, config.file, manifest.file], scratch);
    expect(codesOf(description)).toEqual([
      'size-mismatch',
      'size-mismatch',
      'schema-version',
      'layer-count-mismatch',
      'size-mismatch@0',
      'layer-not-distributable@1',
      'layer-missing@2',
      'history-mismatch',
    ]);
    const [first, second] = description.images[0]?.layers ?? [];
    expect([first?.nonDistributable, second?.nonDistributable]).toEqual([false, true]);
  });

  test('has a finding for a document with a wrong digest', async () => {
    const other = ociImage([base, top], { configMore: { author: 'somebody else' } });
    const swapped = image.files.map((file) =>
      file.path === image.config.file.path ? { ...file, data: other.config.file.data } : file,
    );
    const description = await described([...layoutOf([image.manifest.descriptor]), ...swapped], scratch);
    expect(codesOf(description)).toEqual(['size-mismatch', 'digest-mismatch']);
    expect(description.images[0]).toMatchObject({ id: other.config.digest, declaredId: image.config.digest });
  });

  test('without schemaVersion is read, with a finding', async () => {
    const files = layoutOf([image.manifest.descriptor], { schemaVersion: undefined });
    expect(codesOf(await described([...files, ...image.files], scratch))).toEqual(['schema-version']);
  });

  test('without an image causes an error with the reason', async () => {
    const error = await errorOfAsync(() => described(layoutOf([arm.manifest.descriptor]), scratch));
    expect(error.code).toBe('ERR_LAYERS_NO_IMAGE');
    expect(error.message).toContain('which the archive lacks');
    expect(await codeOfAsync(() => described(layoutOf(null), scratch))).toBe('ERR_LAYERS_NO_IMAGE');
  });

  test('with an index that refers to itself is read in finite time', async () => {
    // No document can contain its own digest, but embedded data may declare any digest.
    const digest = `sha256:${'a'.repeat(64)}`;
    const loop = { mediaType: INDEX, digest, size: 1 };
    const inner = blobOf({ schemaVersion: 2, manifests: [loop, { ...loop, ...named('x') }] }, INDEX);
    const files: EntrySpec[] = [
      ...layoutOf([loop, image.manifest.descriptor]),
      { path: `blobs/sha256/${'a'.repeat(64)}`, data: inner.file.data },
      ...image.files,
    ];
    const answer = await described(files, scratch).catch((error: unknown) => error);
    expect(answer).toMatchObject({ images: [{ id: image.config.digest }] });
  });

  test('with too many nested indexes causes an error', async () => {
    let inner = indexOf(image.manifest.descriptor);
    const files = [...image.files, inner.file];
    for (let depth = 0; depth < 9; depth++) {
      inner = indexOf(inner.descriptor);
      files.push(inner.file);
    }
    const code = await codeOfAsync(() => described([...layoutOf([inner.descriptor]), ...files], scratch));
    expect(code).toBe('ERR_LAYERS_LIMIT');
  });

  test('with a document that is both index and manifest causes an error', async () => {
    const both = blobOf(
      { schemaVersion: 2, manifests: [], config: image.config.descriptor, layers: [] },
      INDEX,
    );
    const files = [...layoutOf([both.descriptor]), both.file];
    expect(await codeOfAsync(() => described(files, scratch))).toBe('ERR_LAYERS_INDEX');
  });
});

describe('a directory of skopeo copy dir:', () => {
  const named = (parts: readonly (typeof image.config)[]): EntrySpec[] =>
    parts.map(({ hex, file }) => ({ path: hex, data: file.data }));
  const version = { path: 'version', data: Buffer.from('Directory Transport Version: 1.1\n') };

  test('is the image of its manifest', async () => {
    const files = [
      version,
      { path: 'manifest.json', data: image.manifest.file.data },
      ...named([image.config, ...image.layers]),
    ];
    const description = describedLayout(files, scratch);
    expect([description.format, description.variant, codesOf(description)]).toEqual(['dir', null, []]);
    const [only] = description.images;
    expect(only).toMatchObject({ id: image.config.digest, manifestDigest: image.manifest.digest, tags: [] });
    expect(only?.layers.map(({ file }) => file?.size)).toEqual([base.length, top.length]);
    const path = scratch.layout(files);
    const { verified, checks } = await verifyArchive({ path });
    expect([verified, checks.length > 5]).toEqual([true, true]);
  });

  test('may have an index with the manifests of several platforms', () => {
    const index = indexOf(image.manifest.descriptor, arm.manifest.descriptor);
    const files = [
      version,
      { path: 'manifest.json', data: index.file.data },
      ...[image, arm].map(({ manifest }) => ({
        path: `${manifest.hex}.manifest.json`,
        data: manifest.file.data,
      })),
      ...named([image.config, arm.config, ...image.layers]),
    ];
    const { format, images } = describedLayout(files, scratch);
    expect([format, images.map(({ platform }) => platform?.architecture)]).toEqual([
      'dir',
      ['amd64', 'arm64'],
    ]);
  });
});

describe('images without tags', () => {
  const { architecture } = hostPlatform();
  const mine = ociImage([base], { configMore: { architecture, author: 'mine' } });
  const s390x = ociImage([base], { configMore: { architecture: 's390x' } });
  const inner = indexOf(mine.manifest.descriptor, s390x.manifest.descriptor);
  const files = [
    ...mine.files,
    ...s390x.files.filter(({ path }) => !mine.files.some((f) => f.path === path)),
  ];
  const flat = [mine.manifest.descriptor, s390x.manifest.descriptor];

  test.each([
    ['an index', [inner.descriptor]],
    ['an index of indexes', [indexOf(inner.descriptor).descriptor]],
    ['an index, also where index.json names them too, as that of ORAS', [...flat, inner.descriptor]],
    ['an index, before index.json names them', [inner.descriptor, ...flat]],
  ])('are one image for several platforms in %s', async (_, descriptors) => {
    const outer = indexOf(inner.descriptor);
    const description = await described(
      [...layoutOf(descriptors), inner.file, outer.file, ...files],
      scratch,
    );
    expect(selectImage(description).id).toBe(mine.config.digest);
    expect(selectImage(description, { platform: 'linux/s390x' }).id).toBe(s390x.config.digest);
  });

  const entryOf = (part: typeof mine) => ({
    Config: `blobs/sha256/${part.config.hex}`,
    RepoTags: null,
    Layers: part.layers.map(({ hex }) => `blobs/sha256/${hex}`),
  });
  const manifestJson = { path: 'manifest.json', data: json([entryOf(mine), entryOf(s390x)]) };

  test.each([
    ['index.json', []],
    ['index.json and manifest.json', [manifestJson]],
  ])('are separate images in %s', async (_, more) => {
    const description = await described([...layoutOf(flat), ...more, ...files], scratch);
    const error = await errorOfAsync(() => selectImage(description));
    expect(error.code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
    expect(error.hint).toContain(`#1 ${mine.config.hex.slice(0, 12)} (linux/${architecture}); #2 `);
  });

  test('are separate images, also where two indexes name them', async () => {
    const other = indexOf(image.manifest.descriptor);
    const description = await described(
      [
        ...layoutOf([inner.descriptor, { ...other.descriptor }]),
        inner.file,
        other.file,
        ...files,
        ...image.files.filter(({ path }) => !files.some((file) => file.path === path)),
      ],
      scratch,
    );
    expect(await codeOfAsync(() => selectImage(description))).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
  });
});

describe('an artifact', () => {
  const messageOf = async (files: readonly EntrySpec[]): Promise<string> => {
    const error = await errorOfAsync(async () => selectImage(await described(files, scratch)));
    expect(error.code).toBe('ERR_LAYERS_NO_IMAGE');
    return error.message;
  };
  const manifestOf = (config: BlobPart, layers: readonly object[], more: object = {}) => {
    const parts = { schemaVersion: 2, config: config.descriptor, layers, ...more };
    return blobOf(parts, `${OCI}.manifest.v1+json`);
  };
  const chartConfig = blobOf({ name: 'chart' }, 'application/vnd.cncf.helm.config.v1+json');
  const chartLayer = blobOf(gzipSync(base), 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
  const titled = {
    ...chartLayer.descriptor,
    annotations: { 'org.opencontainers.image.title': 'chart-1.tgz' },
  };
  const chart = manifestOf(chartConfig, [titled]);
  const chartFiles = [chart, chartConfig, chartLayer].map(({ file }) => file);
  const readShown = async (files: readonly EntrySpec[]) => {
    const archive = await openArchive({ path: scratch.file(buildTar(files)) });
    return readImage(archive, selectImageOrArtifact(archive), { threads: 0 });
  };

  test('that is a cache of BuildKit is named, in an index or a manifest', async () => {
    const config = blobOf({ layers: [] }, 'application/vnd.buildkit.cacheconfig.v0');
    const layer = blobOf(gzipSync(base), `${OCI}.layer.v1.tar+gzip`);
    const index = indexOf(layer.descriptor, config.descriptor);
    const cache = [...layoutOf([index.descriptor]), index.file, layer.file, config.file];
    expect(await messageOf(cache)).toMatch(/^not an image, but a BuildKit cache of the type /);
    const manifest = manifestOf(config, [layer.descriptor]);
    const newer = [...layoutOf([manifest.descriptor]), manifest.file, layer.file, config.file];
    expect(await messageOf(newer)).toMatch(/^not an image, but a BuildKit cache of the type /);
  });

  test('alone is no image, but is shown as far as its layers are tars', async () => {
    const files = [...layoutOf([{ ...chart.descriptor, ...named('chart') }]), ...chartFiles];
    const message =
      'a Helm chart of the type application/vnd.cncf.helm.config.v1+json; ' +
      'its layers have the type application/vnd.cncf.helm.chart.content.v1.tar+gzip';
    expect(await messageOf(files)).toBe(`not an image, but ${message}`);
    const description = await described(files, scratch);
    expect(description.findings).toMatchObject([
      { code: 'artifact', severity: 'note', message: `chart is not an image, but ${message}` },
    ]);
    const shown = selectImageOrArtifact(description);
    expect(shown).toMatchObject({ id: chartConfig.digest, configBytes: null, tags: ['chart'] });
    expect(shown.findings).toMatchObject([
      { code: 'artifact', message: expect.stringContaining('its file is called "chart-1.tgz"') },
    ]);
    const read = await readShown(files);
    expect(read.layers[0]?.index?.changeset.count).toBe(1);
  });

  test('beside an image is a finding and a choice, and never chosen for it', async () => {
    const files = [
      ...layoutOf([
        { ...chart.descriptor, ...named('chart') },
        { ...image.manifest.descriptor, ...named('app') },
      ]),
      ...chartFiles,
      ...image.files,
    ];
    const description = await described(files, scratch);
    const { images, artifacts } = description;
    expect(codesOf(description)).toEqual(['artifact']);
    expect(imageChoices(images, [], artifacts)).toMatchObject([
      { number: '#1', tags: ['app'] },
      { number: '#2', tags: ['chart'], artifact: 'a Helm chart' },
    ]);
    for (const select of [selectImage, selectImageOrArtifact]) expect(select(description)).toBe(images[0]);
    for (const query of ['chart', '#2', chart.digest]) {
      const error = await errorOfAsync(() => selectImage(description, { image: query }));
      expect(error.code).toBe('ERR_LAYERS_NO_IMAGE');
      expect(selectImageOrArtifact(description, { image: query })).toBe(artifacts[0]?.image);
    }
    const unknown = await errorOfAsync(() => selectImage(description, { image: 'x' }));
    expect(unknown.hint).toContain('#2 chart (a Helm chart)');
  });

  test('without a manifest of OCI is named, and cannot be shown', async () => {
    const type = 'application/vnd.oci.artifact.manifest.v1+json';
    const old = blobOf({ mediaType: type, artifactType: 'application/spdx+json', blobs: [] }, type);
    const schema1 = blobOf(
      { schemaVersion: 1, name: 'x' },
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    );
    for (const [part, kind] of [
      [old, 'an SBOM of the type application/spdx+json'],
      [schema1, `a manifest of Docker schema 1 of the type ${schema1.descriptor.mediaType}`],
    ] as const) {
      const error = await errorOfAsync(() => described([...layoutOf([part.descriptor]), part.file], scratch));
      expect([error.code, error.message]).toEqual(['ERR_LAYERS_NO_IMAGE', `not an image, but ${kind}`]);
      expect(error.hint).toBe('the program that made it can read it');
    }
  });

  test('beside another is ambiguous', async () => {
    const other = manifestOf(chartConfig, [chartLayer.descriptor]);
    const files = [...layoutOf([chart.descriptor, other.descriptor]), other.file, ...chartFiles];
    const description = await described(files, scratch);
    const error = await errorOfAsync(() => selectImageOrArtifact(description));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_IMAGE_AMBIGUOUS' });
    expect(selectImageOrArtifact(description, { image: '#2' })).toBe(description.artifacts[1]?.image);
  });

  test('with a layer that is not a tar is not damaged', async () => {
    const config = blobOf({}, `${OCI}.config.v1+json`);
    const layer = blobOf(Buffer.from('hello'), `${OCI}.layer.v1.tar`);
    const manifest = manifestOf(config, [
      { ...layer.descriptor, annotations: { 'org.opencontainers.image.title': 'hello.txt' } },
    ]);
    const files = [...layoutOf([manifest.descriptor]), manifest.file, config.file, layer.file];
    const read = await readShown(files);
    expect(read.findings).toEqual([]);
    expect(read.layers[0]?.index).toMatchObject({ problem: { code: 'ERR_LAYERS_NOT_A_TAR' } });
    expect(() => refuseDamage(read, { isComplete: false })).not.toThrow();
  });
});
