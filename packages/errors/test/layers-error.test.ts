import { describe, expect, it } from 'vitest';
import { isLayersError, LayersError, withContext } from '../src/layers-error.ts';

describe('a LayersError', () => {
  const error = new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'bad', { hint: 'try', offset: 5 });

  it('has a code, a message, a hint and a place', () => {
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

  it('is recognised by its brand, also from another copy of the package', () => {
    expect(isLayersError(error)).toBe(true);
    expect(isLayersError(Object.assign(new Error('x'), { [Symbol.for('layers.error')]: true }))).toBe(true);
  });

  it('is not recognised by its code alone', () => {
    for (const other of [
      Object.assign(new Error('x'), { code: 'ERR_LAYERS_X' }),
      Object.assign(new Error('x'), { code: 'ENOENT' }),
      new Error('x'),
      { code: 'ERR_LAYERS_X', [Symbol.for('layers.error')]: true },
      null,
      'ERR_LAYERS_X',
    ])
      expect(isLayersError(other)).toBe(false);
  });

  it('has a brand that is not printed', () => {
    expect(Object.keys(error)).not.toContain('layers.error');
    expect(Object.getOwnPropertySymbols(error)).toEqual([]);
  });
});

describe('withContext', () => {
  const error = new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'bad', { hint: 'try', offset: 5 });

  it('adds only the parts of the place that an error lacks', () => {
    const inner = withContext(error, { file: 'layer.tar' });
    const outer = withContext(inner, { archive: 'a.tar', file: 'other', offset: 9 });
    expect(outer).toMatchObject({
      code: error.code,
      message: 'bad',
      hint: 'try',
      offset: 5,
      file: 'layer.tar',
      archive: 'a.tar',
    });
  });

  it('keeps the original, with its stack, as the cause', () => {
    expect(withContext(error, { file: 'layer.tar' })).toMatchObject({ cause: error });
  });

  it('returns other errors unchanged', () => {
    const foreign = new Error('x');
    expect(withContext(foreign, { file: 'layer.tar' })).toBe(foreign);
  });
});
