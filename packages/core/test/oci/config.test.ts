import { describe, expect, test } from 'vitest';
import { parseConfig, platformOfImage } from '../../src/oci/config.ts';
import type { Platform } from '../../src/oci/platform.ts';
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

  test.each([{}, { rootfs: null }, { rootfs: { type: 5, diff_ids: [] } }])(
    '%j has no root file system of layers',
    (json) => {
      expect(() => parse(json)).toThrow(/^c: rootfs/);
    },
  );

  test('may have another type of root file system, as for Docker', () => {
    for (const type of ['layers+base', 'unknown', '', null])
      expect(parse({ rootfs: { type, diff_ids: [sum('a')] } }).diffIds).toEqual([sum('a')]);
  });

  test('may lack the type, and have null as a step, as for Docker', () => {
    const parsed = parse({ rootfs: { diff_ids: [sum('a')] }, history: [null, { created_by: 'x' }] });
    expect(parsed.diffIds).toEqual([sum('a')]);
    expect(parsed.history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer])).toEqual([
      [undefined, false],
      ['x', false],
    ]);
  });

  test('names a DiffID that is not a digest', () => {
    expect(() => parse({ rootfs: { type: 'layers', diff_ids: [sum('a'), 'sha256:x'] } })).toThrow(
      'c: rootfs.diff_ids[1] should be a digest such as sha256:<64 lowercase hexadecimal digits>, but is "sha256:x"',
    );
  });
});

describe('platformOfImage', () => {
  test('is as in the document', () => {
    expect(platformOfImage(parse(config))).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v6',
      osVersion: '1.2',
    });
  });

  test('defaults to linux; without an architecture there is no platform', () => {
    expect(platformOfImage(parse({ rootfs, architecture: 'amd64' }))).toEqual({
      os: 'linux',
      architecture: 'amd64',
    });
    expect(platformOfImage(parse({ rootfs, os: 'linux' }))).toBeUndefined();
    expect(platformOfImage(parse({ rootfs, os: 'linux', architecture: '' }))).toBeUndefined();
  });

  test('is the one of the descriptor, whose gaps the config fills', () => {
    const of = (fields: object, declared: Partial<Platform>) =>
      platformOfImage(parse({ rootfs, ...fields }), { os: '', architecture: '', ...declared });
    const linux = { os: 'linux', architecture: 'arm' };
    expect(of({ architecture: 'arm' }, { ...linux, variant: 'v6' })).toEqual({ ...linux, variant: 'v6' });
    expect(of({ architecture: 'arm', variant: 'v7' }, linux)).toEqual({ ...linux, variant: 'v7' });
    expect(of({ architecture: 'amd64', variant: 'v2' }, linux)).toEqual(linux);
    expect(of({ architecture: 'arm' }, { os: 'linux' })).toEqual(linux);
    const windows = { os: 'windows', architecture: 'amd64' };
    const version = { 'os.version': '10.0.17763.1' };
    expect(of({ ...windows, ...version }, windows)).toEqual({ ...windows, osVersion: '10.0.17763.1' });
    expect(of({ ...windows, ...version }, { ...windows, osVersion: '10.0.20348.1' })).toEqual({
      ...windows,
      osVersion: '10.0.20348.1',
    });
    expect(of({ ...windows, ...version }, linux)).toEqual(linux);
    expect(of({}, { os: 'linux' })).toEqual({ os: 'linux', architecture: '' });
    expect(of({}, { variant: 'v7' })).toBeUndefined();
    expect(of({ architecture: 'arm' }, { variant: 'v7' })).toEqual({ ...linux, variant: 'v7' });
  });
});
