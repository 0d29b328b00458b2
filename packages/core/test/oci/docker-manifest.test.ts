import { describe, expect, test } from 'vitest';
import { parseDockerManifest } from '../../src/oci/docker-manifest.ts';
import { dockerManifest, hex, sum } from './documents.ts';

const parse = (json: unknown) => parseDockerManifest(json, 'manifest.json');

describe('parseDockerManifest', () => {
  test('returns the fields that are used', () => {
    const [entry, ...more] = parse(dockerManifest);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      configPath: `${hex('1')}.json`,
      repoTags: ['alpine:3.20'],
      layerPaths: [`${hex('2')}/layer.tar`],
      parent: sum('3'),
    });
    expect(entry?.layerSources.get(sum('4'))).toMatchObject({ mediaType: 'x/y', digest: sum('4'), size: 10 });
  });

  test('tags, layers and the rest may be null or absent', () => {
    const bare = {
      configPath: 'c',
      repoTags: [],
      layerPaths: [],
      parent: undefined,
      layerSources: new Map(),
    };
    expect(parse([{ Config: 'c' }])).toEqual([bare]);
    expect(parse([{ Config: 'c', RepoTags: null, Layers: null, Parent: '', LayerSources: null }])).toEqual([
      bare,
    ]);
  });

  test('returns tags unchanged, also invalid references', () => {
    expect(parse([{ Config: 'c', RepoTags: ['../../x', 'UPPER'] }])[0]?.repoTags).toEqual([
      '../../x',
      'UPPER',
    ]);
  });

  test('accepts an empty list of images', () => {
    expect(parse([])).toEqual([]);
  });

  test.each([null, {}, 'x', 5])('%j is not a manifest.json', (json) => {
    expect(() => parse(json)).toThrow('manifest.json: the document should be an array of images, but is ');
  });

  test('refuses empty file names', () => {
    expect(() => parse([{ Config: '' }])).toThrow(
      'manifest.json: [0].Config should be a file name, but is ""',
    );
    expect(() => parse([{ Config: 'c', Layers: ['a', ''] }])).toThrow('[0].Layers[1] should be a file name');
    expect(() => parse([{ Layers: [] }])).toThrow('[0].Config is missing');
  });
});
