import { codeOfAsync } from '@layers/testing/errors';
import { blobOf, configOf, digestBy, json, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { createFileArchiveReader } from '../../../src/image/archive/file-archive-reader.ts';
import { createConfigReader, readConfig } from '../../../src/image/describe/config-reader.ts';
import { describeImages } from '../../../src/image/describe/describe.ts';
import { fileSource } from '../../../src/io/file-source.ts';

const scratch = useScratch();
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

describe('a config', () => {
  const bytes = json(configOf([]));

  test('has its parsed fields and its digests', () => {
    const read = readConfig(bytes, 'c.json');
    expect(read.config).toMatchObject({ os: 'linux', architecture: 'amd64' });
    for (const algorithm of ['sha256', 'sha512', 'sha256'] as const)
      expect(read.digest(algorithm)).toBe(digestBy(algorithm, bytes));
  });

  test('has a finding for each part that only lenient programs read', () => {
    expect(readConfig(bytes, 'c').findings).toEqual([]);
    const text = JSON.stringify({ rootfs: { diff_ids: [] }, history: [null], author: '#' });
    const { findings, config } = readConfig(Buffer.from(text.replace('#', '\xe9'), 'latin1'), 'c');
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['config-oddity', 'the config has bytes that are not UTF-8'],
      ['config-oddity', 'the config has a rootfs without the type "layers"'],
      ['config-oddity', 'the config has null as a step of the history'],
    ]);
    expect([config.author, config.history.length]).toEqual(['\ufffd', 1]);
    const windows = readConfig(json({ rootfs: { type: 'layers+base', diff_ids: [] } }), 'c');
    expect(windows.findings).toEqual([findings[1]]);
  });

  test('has a finding for a byte order mark', () => {
    const { findings, config } = readConfig(Buffer.concat([MARK, bytes]), 'c.json');
    expect(config.os).toBe('linux');
    expect(findings).toMatchObject([
      { code: 'byte-order-mark', severity: 'warning', message: expect.stringMatching(/^c.json begins/) },
    ]);
  });

  test.each(['manifest.json', 'index.json', 'manifest', 'config'])(
    '%s with a mark has the finding',
    (part) => {
      const mark = (name: string, document: unknown): Buffer =>
        Buffer.concat([name === part ? MARK : Buffer.alloc(0), json(document)]);
      const config = blobOf(mark('config', configOf([])), `${OCI}.config.v1+json`);
      const manifest = blobOf(
        mark('manifest', { schemaVersion: 2, config: config.descriptor, layers: [] }),
        `${OCI}.manifest.v1+json`,
      );
      const index = mark('index.json', { schemaVersion: 2, manifests: [manifest.descriptor] });
      const list = mark('manifest.json', [{ Config: config.file.path, RepoTags: ['a:1'], Layers: [] }]);
      const archive = buildTar([
        { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
        { path: 'index.json', data: index },
        { path: 'manifest.json', data: list },
        manifest.file,
        config.file,
      ]);
      const { images, findings } = describeImages(createFileArchiveReader(fileSource(scratch.file(archive))));
      const codes = [...findings, ...images.flatMap((image) => image.findings)].map(({ code }) => code);
      expect(images).toHaveLength(1);
      expect(codes.filter((code) => code === 'byte-order-mark')).toHaveLength(1);
    },
  );

  test('that is invalid causes an error', async () => {
    expect(await codeOfAsync(() => readConfig(Buffer.from('{'), 'c'))).toBe('ERR_LAYERS_JSON');
    expect(await codeOfAsync(() => readConfig(json([]), 'c'))).toBe('ERR_LAYERS_CONFIG');
  });

  test('is read once under any of its names', () => {
    const archive = buildTar([
      { path: 'c.json', data: bytes },
      { path: 'also.json', type: 'symlink', linkpath: 'c.json' },
    ]);
    const files = createFileArchiveReader(fileSource(scratch.file(archive)));
    const read = createConfigReader(files);
    const found = ['c.json', 'also.json'].map((name) => {
      const file = files.find(name);
      return file === null ? null : read(file, name);
    });
    expect(found[0]?.bytes.length).toBe(bytes.length);
    expect(found[1]).toBe(found[0]);
  });
});

/** Takes minutes and gigabytes if each image has its own copy. */
describe('one large config of many images', () => {
  const big = blobOf(
    configOf([], { config: { Labels: { padding: 'x'.repeat(10_000_000) } } }),
    `${OCI}.config.v1+json`,
  );

  test('in manifest.json is stored once', () => {
    const entries = Array.from({ length: 2000 }, () => ({ Config: 'c.json', Layers: [] }));
    const archive = buildTar([
      { path: 'c.json', data: big.file.data },
      { path: 'manifest.json', data: json(entries) },
    ]);
    expect(describeImages(createFileArchiveReader(fileSource(scratch.file(archive)))).images).toHaveLength(1);
  });

  test('with thirty thousand entries and tags is one image', () => {
    const small = blobOf(configOf([]), '');
    const name = `${'0'.repeat(64)}.json`;
    const entries = Array.from({ length: 30_000 }, (_, i) => ({ Config: name, RepoTags: [`a:${i}`] }));
    const archive = buildTar([
      { path: name, data: small.file.data },
      { path: 'manifest.json', data: json(entries) },
    ]);
    const { images } = describeImages(createFileArchiveReader(fileSource(scratch.file(archive))));
    expect([images.length, images[0]?.tags.length]).toEqual([1, 30_000]);
  });

  test('in manifests is stored once', () => {
    const manifests = Array.from({ length: 1000 }, (_, i) =>
      blobOf(
        { schemaVersion: 2, config: big.descriptor, layers: [], annotations: { number: `${i}` } },
        `${OCI}.manifest.v1+json`,
      ),
    );
    const archive = buildTar([
      ...layoutOf(manifests.map(({ descriptor }) => descriptor)),
      big.file,
      ...manifests.map(({ file }) => file),
    ]);
    const { images } = describeImages(createFileArchiveReader(fileSource(scratch.file(archive))));
    expect(images).toHaveLength(1000);
    expect(new Set(images.map(({ configBytes }) => configBytes)).size).toBe(1);
  });

  test('in an index with thousands of names is read once', () => {
    const inner = blobOf(
      {
        schemaVersion: 2,
        manifests: [],
        annotations: { padding: 'x'.repeat(10_000_000) },
      },
      `${OCI}.index.v1+json`,
    );
    const names = Array.from({ length: 5000 }, (_, i) => ({
      ...inner.descriptor,
      annotations: { 'org.opencontainers.image.ref.name': `v${i}` },
    }));
    const image = blobOf({ schemaVersion: 2, config: big.descriptor, layers: [] }, `${OCI}.manifest.v1+json`);
    const archive = buildTar([...layoutOf([...names, image.descriptor]), inner.file, big.file, image.file]);
    expect(describeImages(createFileArchiveReader(fileSource(scratch.file(archive)))).images).toHaveLength(1);
  });
});
