import { describe, expect, test } from 'vitest';
import * as types from '../../src/oci/media-types.ts';

const LAYERS = [
  [types.OCI_LAYER, 'none', false],
  [types.OCI_LAYER_GZIP, 'gzip', false],
  [types.OCI_LAYER_ZSTD, 'zstd', false],
  [types.OCI_FOREIGN_LAYER, 'none', true],
  [types.OCI_FOREIGN_LAYER_GZIP, 'gzip', true],
  [types.OCI_FOREIGN_LAYER_ZSTD, 'zstd', true],
  [types.DOCKER_LAYER, 'none', false],
  [types.DOCKER_LAYER_GZIP, 'gzip', false],
  [types.DOCKER_LAYER_ZSTD, 'zstd', false],
  [types.DOCKER_FOREIGN_LAYER, 'none', true],
  [types.DOCKER_FOREIGN_LAYER_GZIP, 'gzip', true],
] as const;

describe('layers', () => {
  test.each(LAYERS)('%s is a layer, declared %s, non-distributable: %s', (type, compression, foreign) => {
    expect(types.isLayer(type)).toBe(true);
    expect(types.compressionOfMediaType(type)).toBe(compression);
    expect(types.isNonDistributable(type)).toBe(foreign);
    expect(types.isIndex(type) || types.isManifest(type) || types.isConfig(type)).toBe(false);
  });

  test('other types declare no compression', () => {
    for (const type of [
      '',
      'x',
      types.OCI_CONFIG,
      types.IN_TOTO,
      `${types.OCI_LAYER}+bzip2`,
      'constructor',
    ]) {
      expect(types.isLayer(type)).toBe(false);
      expect(types.compressionOfMediaType(type)).toBeUndefined();
      expect(types.isNonDistributable(type)).toBe(false);
    }
  });
});

test('each kind of document is recognised', () => {
  for (const type of [types.OCI_INDEX, types.DOCKER_INDEX]) {
    expect([types.isIndex(type), types.isManifest(type), types.isConfig(type)]).toEqual([true, false, false]);
  }
  for (const type of [types.OCI_MANIFEST, types.DOCKER_MANIFEST]) {
    expect([types.isIndex(type), types.isManifest(type), types.isConfig(type)]).toEqual([false, true, false]);
  }
  for (const type of [types.OCI_CONFIG, types.DOCKER_CONFIG]) {
    expect([types.isIndex(type), types.isManifest(type), types.isConfig(type)]).toEqual([false, false, true]);
  }
  expect(types.isConfig(types.OCI_EMPTY)).toBe(false);
  expect(types.isInToto(types.IN_TOTO)).toBe(true);
});

test('ignores parameters, case and surrounding spaces', () => {
  expect(types.essenceOf(' Application/JSON ; charset=utf-8')).toBe('application/json');
  expect(types.isIndex(`${types.OCI_INDEX}; charset=utf-8`)).toBe(true);
  expect(types.compressionOfMediaType(`${types.OCI_LAYER_ZSTD};x=y`)).toBe('zstd');
  expect(types.isInToto(`${types.IN_TOTO};v=1`)).toBe(true);
});

test('a layer can be a tar unless its type says that it is something else', () => {
  for (const type of [
    types.OCI_LAYER,
    types.OCI_LAYER_GZIP,
    types.DOCKER_FOREIGN_LAYER_GZIP,
    `${types.OCI_LAYER_ZSTD};x=y`,
    'application/vnd.docker.image.rootfs.diff.tar.bzip2',
    'application/vnd.docker.container.image.rootfs.diff+x-gtar',
    'application/x-tar',
    'application/x-gtar',
    'application/octet-stream',
    '',
  ]) {
    expect([type, types.isTarType(type)]).toEqual([type, true]);
  }
  for (const type of [
    `${types.OCI_LAYER_GZIP}+encrypted`,
    `${types.OCI_LAYER}+encrypted`,
    'application/vnd.docker.image.rootfs.diff.tar.gzip+encrypted',
    'application/vnd.erofs.layer.v1',
    'application/vnd.oci.image.layer.v1.erofs',
    'application/vnd.wasm.content.layer.v1+wasm',
    'application/vnd.star.data',
    'text/spdx',
    'application/json',
  ]) {
    expect([type, types.isTarType(type)]).toEqual([type, false]);
  }
});
