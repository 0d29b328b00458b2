import { describe, expect, test } from 'vitest';
import { parseConfig, platformOfConfig } from '../../src/oci/config.ts';
import { config, sum } from './documents.ts';

const parse = (json: unknown) => parseConfig(json, 'c');
const rootfs = { type: 'layers', diff_ids: [] };

describe('parseConfig', () => {
  test('returns the fields that are used', () => {
    const parsed = parse(config);
    expect(parsed).toMatchObject({
      created: '2026-11-21T02:36:41.1Z',
      author: 'me',
      os: 'linux',
      architecture: 'arm',
      variant: 'v6',
      osVersion: '1.2',
      diffIds: [sum('d'), sum('e')],
    });
    expect(parsed.history).toEqual([
      { created: '2026-11-21T02:36:41Z', createdBy: 'ADD x', author: 'me', comment: 'c', emptyLayer: false },
      {
        created: undefined,
        createdBy: 'CMD ["sh"]',
        author: undefined,
        comment: undefined,
        emptyLayer: true,
      },
      { created: undefined, createdBy: undefined, author: undefined, comment: undefined, emptyLayer: false },
    ]);
  });

  test('returns the object of the execution parameters itself', () => {
    expect(parse(config).config).toBe(config.config);
  });

  test('ignores unknown fields; null is undefined', () => {
    const parsed = parse({ unheard: 1, created: null, os: null, config: null, history: null, rootfs });
    expect(parsed).toMatchObject({
      created: undefined,
      os: undefined,
      config: undefined,
      history: [],
      diffIds: [],
    });
    expect(parse({ rootfs: { type: 'layers', diff_ids: null } }).diffIds).toEqual([]);
  });

  test.each([{}, { rootfs: null }, { rootfs: {} }, { rootfs: { type: 'base', diff_ids: [] } }])(
    '%j has no root file system of layers',
    (json) => {
      expect(() => parse(json)).toThrow(/^c: rootfs/);
    },
  );

  test('names a DiffID that is not a digest', () => {
    expect(() => parse({ rootfs: { type: 'layers', diff_ids: [sum('a'), 'sha256:x'] } })).toThrow(
      'c: rootfs.diff_ids[1] should be a digest such as sha256:<64 lowercase hexadecimal digits>, but is "sha256:x"',
    );
  });
});

describe('platformOfConfig', () => {
  test('is as in the document', () => {
    expect(platformOfConfig(parse(config))).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v6',
      osVersion: '1.2',
    });
  });

  test('defaults to linux; without an architecture there is no platform', () => {
    expect(platformOfConfig(parse({ rootfs, architecture: 'amd64' }))).toEqual({
      os: 'linux',
      architecture: 'amd64',
    });
    expect(platformOfConfig(parse({ rootfs, os: 'linux' }))).toBeUndefined();
    expect(platformOfConfig(parse({ rootfs, os: 'linux', architecture: '' }))).toBeUndefined();
  });
});
