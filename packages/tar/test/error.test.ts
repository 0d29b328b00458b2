import { describe, expect, it } from 'vitest';
import { isLayersError, LayersError, placed } from '../src/error.ts';

describe('a LayersError', () => {
  const error = new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'bad', { hint: 'try', offset: 5 });

  it('tells code, message, hint and place', () => {
    expect(error).toMatchObject({
      name: 'LayersError',
      code: 'ERR_LAYERS_TAR_CHECKSUM',
      message: 'bad',
      hint: 'try',
      offset: 5,
    });
    expect(error).toBeInstanceOf(Error);
    expect('cause' in error).toBe(false);
  });

  it('is known across two copies of the package, and nothing else is', () => {
    expect(isLayersError(Object.assign(new Error('x'), { code: 'ERR_LAYERS_X' }))).toBe(true);
    for (const other of [
      Object.assign(new Error('x'), { code: 'ENOENT' }),
      new Error('x'),
      { code: 'ERR_LAYERS_X' },
      null,
      'ERR_LAYERS_X',
    ])
      expect(isLayersError(other)).toBe(false);
  });

  it('is told where it happened, once', () => {
    const outer = placed(placed(error, { member: 'layer.tar' }), { archive: 'a.tar', member: 'other' });
    expect(outer).toMatchObject({
      code: error.code,
      message: 'bad',
      offset: 5,
      member: 'layer.tar',
      archive: 'a.tar',
    });
    const foreign = new Error('x');
    expect(placed(foreign, { member: 'layer.tar' })).toBe(foreign);
  });
});
