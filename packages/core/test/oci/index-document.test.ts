import { describe, expect, test } from 'vitest';
import { parseIndex } from '../../src/oci/index-document.ts';
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { descriptor, index, sum } from './documents.ts';

const parse = (json: unknown) => parseIndex(json, 'index.json');

describe('parseIndex', () => {
  test('returns every descriptor field that is used', () => {
    expect(parse(index)).toEqual({
      schemaVersion: 2,
      mediaType: index.mediaType,
      artifactType: 'application/x',
      annotations: new Map([['a', 'b']]),
      manifests: [
        {
          mediaType: descriptor.mediaType,
          digest: sum('a'),
          size: 1234,
          artifactType: 'application/x',
          platform: { os: 'linux', architecture: 'arm64', variant: 'v8', osVersion: '1.2' },
          annotations: new Map([['io.containerd.image.name', 'docker.io/library/alpine:3.20']]),
          urls: ['https://example.com/blob'],
          data: Buffer.from('abc'),
        },
      ],
    });
  });

  test.each([{ schemaVersion: 2, manifests: null }, { manifests: [] }, {}])('%j has no manifests', (json) => {
    expect(parse(json).manifests).toEqual([]);
  });

  test('null is undefined', () => {
    const nulls = {
      mediaType: null,
      artifactType: null,
      platform: null,
      annotations: null,
      urls: null,
      data: null,
    };
    const parsed = parse({ schemaVersion: null, manifests: [{ ...nulls, digest: sum('a'), size: 0 }] });
    expect(parsed.schemaVersion).toBeUndefined();
    expect(parsed.manifests).toEqual([
      {
        mediaType: '',
        digest: sum('a'),
        size: 0,
        artifactType: undefined,
        platform: undefined,
        annotations: new Map(),
        urls: [],
        data: undefined,
      },
    ]);
  });

  test('an annotation that is null and an empty platform are undefined', () => {
    const entry = {
      digest: sum('a'),
      size: 0,
      annotations: { a: null, b: 'c' },
      platform: { os: '', variant: '' },
    };
    const [parsed] = parse({ manifests: [entry] }).manifests;
    expect(parsed?.annotations).toEqual(new Map([['b', 'c']]));
    expect(parsed?.platform).toBeUndefined();
    const partial = parse({ manifests: [{ ...entry, platform: { variant: 'v7' } }] }).manifests;
    expect(partial[0]?.platform).toEqual({ os: '', architecture: '', variant: 'v7' });
  });

  test('ignores unknown fields and media types', () => {
    const json = {
      ...index,
      mediaType: DOCKER_INDEX,
      unheard: { of: [] },
      manifests: [{ ...descriptor, more: 1 }],
    };
    expect(parse(json).manifests).toHaveLength(1);
    expect(parse({ ...index, mediaType: 'unheard/of' }).mediaType).toBe('unheard/of');
  });

  test.each([1, 3, 0, 2.5])('schemaVersion %d is refused', (schemaVersion) => {
    expect(() => parse({ ...index, schemaVersion })).toThrow(
      `index.json: schemaVersion should be 2, but is ${schemaVersion}`,
    );
  });

  test.each([{ config: {} }, { layers: [] }, { fsLayers: [{}] }])(
    'with %j as well it is ambiguous',
    (more) => {
      expect(() => parse({ ...index, ...more })).toThrow(/is not allowed, .* ambiguous$/);
    },
  );

  test.each([OCI_MANIFEST, DOCKER_MANIFEST])('the media type %s contradicts it', (mediaType) => {
    expect(() => parse({ ...index, mediaType })).toThrow(
      'mediaType says that this index is an image manifest',
    );
  });

  test('ignores fields of the other kind that are null', () => {
    expect(() => parse({ ...index, layers: null, config: null })).not.toThrow();
  });
});

describe('descriptors', () => {
  const withEntry = (fields: object) => () =>
    parse({ manifests: [descriptor, { ...descriptor, ...fields }] });

  test.each([-1, 1.5, 2 ** 53, 1e300, Number.NaN, '12', null])('size %j is refused with its path', (size) => {
    expect(withEntry({ size })).toThrow('index.json: manifests[1].size should be a number of bytes');
  });

  test('the largest safe size is accepted', () => {
    expect(withEntry({ size: 2 ** 53 - 1 })).not.toThrow();
  });

  test.each(['', 'sha256:abc', sum('A'), 'abc', '../../etc/passwd'])('digest %j is refused', (digest) => {
    expect(withEntry({ digest })).toThrow('index.json: manifests[1].digest should be a digest');
  });

  test('digest and size are required', () => {
    expect(() => parse({ manifests: [{ size: 1 }] })).toThrow('index.json: manifests[0].digest is missing');
    expect(() => parse({ manifests: [{ digest: sum('a') }] })).toThrow(
      'index.json: manifests[0].size is missing',
    );
  });

  test.each(['YQ', 'Y Q==', 'YQ==YQ==', 'Y===', 'YQ-_', '\u001b[3m='])('data %j is not base64', (data) => {
    expect(withEntry({ data })).toThrow('manifests[1].data should be base64');
  });

  test('data may be empty, and any bytes', () => {
    expect(parse({ manifests: [{ ...descriptor, data: '' }] }).manifests[0]?.data).toEqual(Buffer.alloc(0));
    expect(parse({ manifests: [{ ...descriptor, data: '/+8A' }] }).manifests[0]?.data).toEqual(
      Buffer.from([0xff, 0xef, 0]),
    );
  });

  test('a key __proto__ does not change a prototype', () => {
    const json: unknown = JSON.parse(
      `{"manifests":[{"digest":"${sum('a')}","size":1,"__proto__":{"mediaType":"x/y"},"annotations":{"__proto__":"x"}}]}`,
    );
    const [parsed] = parse(json).manifests;
    expect(parsed?.mediaType).toBe('');
    expect(parsed?.annotations.size).toBe(0);
  });
});
