import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/oci/manifest.ts';
import { DOCKER_INDEX, OCI_INDEX } from '../../src/oci/media-types.ts';
import { manifest, sum } from './documents.ts';

const parse = (json: unknown) => parseManifest(json, 'm');

describe('parseManifest', () => {
  test('returns config, layers in order, subject and annotations', () => {
    const parsed = parse(manifest);
    expect(parsed.config).toMatchObject({ mediaType: manifest.config.mediaType, digest: sum('b'), size: 7 });
    expect(parsed.layers.map((layer) => layer.digest)).toEqual([sum('a'), 'blake3:xyz']);
    expect(parsed.subject?.digest).toBe(sum('c'));
    expect(parsed.annotations).toEqual(new Map([['a', 'b']]));
    expect(parsed.mediaType).toBe(manifest.mediaType);
    expect(parsed.artifactType).toBe('application/x');
  });

  test('accepts an image without layers', () => {
    expect(parse({ config: manifest.config, layers: null })).toMatchObject({
      schemaVersion: undefined,
      mediaType: undefined,
      artifactType: undefined,
      layers: [],
      subject: undefined,
      annotations: new Map(),
    });
  });

  test('a config is required', () => {
    expect(() => parse({ ...manifest, config: undefined })).toThrow('m: config should be an object');
    expect(() => parse({ layers: [] })).toThrow('m: config is missing');
  });

  test('docker schema 1 is refused', () => {
    expect(() => parse({ ...manifest, schemaVersion: 1 })).toThrow('m: schemaVersion should be 2, but is 1');
    expect(() => parse({ ...manifest, fsLayers: [] })).toThrow('m: fsLayers is not allowed');
  });

  test('refuses a document that is an index too', () => {
    expect(() => parse({ ...manifest, manifests: [] })).toThrow('m: manifests is not allowed');
    for (const mediaType of [OCI_INDEX, DOCKER_INDEX]) {
      expect(() => parse({ ...manifest, mediaType })).toThrow(
        'm: mediaType says that this image manifest is an index',
      );
    }
  });
});
