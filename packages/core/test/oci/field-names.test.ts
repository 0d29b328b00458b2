import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/oci/config.ts';
import { parseDockerManifest } from '../../src/oci/docker-manifest.ts';
import { CONFIG_FIELDS, fieldNameOf, foldKey, withFieldNames } from '../../src/oci/field-names.ts';
import { parseIndex } from '../../src/oci/index-document.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { parseRepositories } from '../../src/oci/repositories.ts';
import { parseV1Image } from '../../src/oci/v1-json.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const descriptor = {
  MediaType: 'm',
  DIGEST: digest,
  Size: 1,
  Platform: { OS: 'linux', Architecture: 'arm' },
};

describe('keys of documents in another case are the fields that Go reads', () => {
  test('in an index', () => {
    const { manifests } = parseIndex({ schemaversion: 2, Manifests: [descriptor] }, 'i');
    expect(manifests[0]).toMatchObject({
      mediaType: 'm',
      digest,
      platform: { os: 'linux', architecture: 'arm' },
    });
    expect(() => parseIndex({ manifests: [], Layers: [] }, 'i')).toThrow('i: layers is not allowed');
  });

  test('in a manifest', () => {
    const { config, layers } = parseManifest({ Config: descriptor, LAYERS: [descriptor] }, 'm');
    expect([config.digest, layers[0]?.size]).toEqual([digest, 1]);
    expect(() => parseManifest({ config: descriptor, Manifests: [] }, 'm')).toThrow(
      'm: manifests is not allowed',
    );
  });

  test('in a config, to the execution parameters and the history', () => {
    const config = parseConfig(
      {
        rootFS: { Type: 'layers', Diff_IDs: [digest] },
        OS: 'windows',
        'OS.Version': '10.0',
        History: [{ Created_By: 'RUN x', Empty_Layer: true }],
        Config: { env: ['A=1'], healthcheck: { test: ['NONE'] }, Labels: { Env: 'data', env: 'data' } },
      },
      'c',
    );
    expect(config).toMatchObject({ diffIds: [digest], os: 'windows', osVersion: '10.0' });
    expect(config.history[0]).toMatchObject({ createdBy: 'RUN x', emptyLayer: true });
    expect(config.config).toEqual({
      Env: ['A=1'],
      Healthcheck: { Test: ['NONE'] },
      Labels: { Env: 'data', env: 'data' },
    });
  });

  test('in manifest.json, as Jib wrote it before 2.3', () => {
    const entry = {
      config: 'c.json',
      repoTags: ['a:1'],
      layers: ['l.tar'],
      layerSources: { [digest]: descriptor },
    };
    const [read] = parseDockerManifest([entry], 'm');
    expect(read).toMatchObject({ configPath: 'c.json', repoTags: ['a:1'], layerPaths: ['l.tar'] });
    expect(read?.layerSources.get(digest)?.digest).toBe(digest);
  });

  test('in the documents of v1 layers', () => {
    const id = 'a'.repeat(64);
    const image = { ID: id, OS: 'linux', Container_Config: { cmd: ['x'] } };
    expect(parseV1Image(image, 'j')).toMatchObject({ id, os: 'linux', createdBy: 'x' });
  });

  test('but names of images in repositories are data', () => {
    const json = { app: { Tag: 'x' }, App: { tag: 'y' } };
    expect(parseRepositories(json, 'r').map(({ repository, tag }) => `${repository}:${tag}`)).toEqual([
      'app:Tag',
      'App:tag',
    ]);
  });
});

test('of several keys for one field the last counts, as for Go', () => {
  const rootfs = { type: 'layers', diff_ids: [] };
  expect(parseConfig({ rootfs, architecture: 'amd64', Architecture: 'arm64' }, 'c').architecture).toBe(
    'arm64',
  );
  expect(parseConfig({ rootfs, Architecture: 'arm64', architecture: 'amd64' }, 'c').architecture).toBe(
    'amd64',
  );
});

test('keys are compared as Go does: ſ is an s, the Kelvin sign a k, other letters only themselves', () => {
  expect(foldKey('rootFſ')).toBe('rootfs');
  expect(foldKey('\u212aey')).toBe('key');
  expect(fieldNameOf('con\ufb01g', CONFIG_FIELDS)).toBe('con\ufb01g');
});

test('a document with the usual names stays the same object, and unknown keys stay', () => {
  const document = { rootfs: { type: 'layers' }, history: [{ created: 'x' }], other: { Os: 1 } };
  expect(withFieldNames(document, CONFIG_FIELDS)).toBe(document);
  const hostile: unknown = JSON.parse('{"__proto__":{"x":1},"OS":"linux","constructor":1}');
  const named = withFieldNames(hostile, CONFIG_FIELDS);
  expect(JSON.stringify(named)).toBe('{"__proto__":{"x":1},"os":"linux","constructor":1}');
});
