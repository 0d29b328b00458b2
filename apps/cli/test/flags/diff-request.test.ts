import { IGNORABLE as CORE_IGNORABLE, SECTIONS as CORE_SECTIONS } from '@layers/core/diff';
import { describe, expect, it } from 'vitest';
import { checkTwoImages, diffRequest } from '../../src/flags/diff-request.ts';
import { IGNORABLE, SECTIONS } from '../../src/flags/diff-words.ts';

describe('diffRequest', () => {
  it('compares everything, but only files for formats that show only files', () => {
    expect(diffRequest({ top: 20 }).only).toEqual(SECTIONS);
    expect(diffRequest({ top: 20, patch: true }).only).toEqual(['files']);
    expect(diffRequest({ top: 20, format: 'docker' }).only).toEqual(['files']);
    expect(diffRequest({ top: 20, patch: true, json: true }).only).toEqual(SECTIONS);
    expect(diffRequest({ top: 20, patch: true, only: ['files', 'config'] }).only).toEqual([
      'files',
      'config',
    ]);
  });

  it('requests patches only with --patch', () => {
    expect(diffRequest({ top: 20 }).patch).toBeUndefined();
    expect(diffRequest({ top: 20, patch: true }).patch).toEqual({ newFiles: false });
    expect(diffRequest({ top: 20, patch: true, newFile: true }).patch).toEqual({ newFiles: true });
  });

  it('adds ignored differences to the defaults', () => {
    const ignore = (flags: Partial<Parameters<typeof diffRequest>[0]>) =>
      diffRequest({ top: 20, ...flags }).ignore.toSorted();
    expect(ignore({})).toEqual(['hardlinks', 'mtime']);
    expect(ignore({ mtime: true, hardlinks: true })).toEqual([]);
    expect(ignore({ ignore: ['mtime', 'config'] })).toEqual(['config', 'hardlinks', 'mtime']);
    expect(ignore({ reproducible: true })).toEqual([
      'builder',
      'created',
      'hardlinks',
      'layer-bytes',
      'mtime',
    ]);
    expect(ignore({ reproducible: true, mtime: true })).not.toContain('mtime');
    expect(() => ignore({ hardlinks: true, ignore: ['hardlinks'] })).toThrow('contradict');
  });
});

describe('checkTwoImages', () => {
  it('rejects the comparison of an image with itself', () => {
    expect(() => checkTwoImages({})).toThrow('only one image given');
    expect(() => checkTwoImages({ image: 'a', imageB: 'a' })).toThrow();
    expect(() => checkTwoImages({ layerA: '2', layerB: '2' })).not.toThrow();
    for (const flags of [
      { imageB: 'b' },
      { platformB: 'linux/arm64' },
      { layerA: 'none' },
      { layerA: '1', layerB: '2' },
    ]) {
      expect(() => checkTwoImages(flags)).not.toThrow();
    }
  });
});

describe('the words of lists', () => {
  it('are those of the core, in its order', () => {
    expect([SECTIONS, IGNORABLE]).toEqual([CORE_SECTIONS, CORE_IGNORABLE]);
  });
});
