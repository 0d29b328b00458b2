import { LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/output/error-text.ts';
import { viewOfWidth } from '../support/views.ts';

const view = viewOfWidth(80);

describe('errorText', () => {
  it('tells what, where and what to try, a line each', () => {
    const error = new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'the header is damaged', {
      archive: 'app.tar',
      file: 'abc/layer.tar',
      offset: 512,
      hint: 'save the image again',
    });
    expect(errorText(error, view, false)).toBe(
      'error: app.tar: abc/layer.tar at byte 512: the header is damaged\ntry:   save the image again\n',
    );
  });

  it('tells only what is known', () => {
    const error = new LayersError('ERR_LAYERS_READ', 'no such file', { archive: 'a.tar' });
    expect(errorText(error, view, false)).toBe('error: a.tar: no such file\n');
    expect(errorText(new LayersError('ERR_LAYERS_READ', 'x', { offset: 7 }), view, false)).toBe(
      'error: at byte 7: x\n',
    );
  });

  it('names a document once', () => {
    const details = { archive: 'a.tar', file: 'manifest.json' };
    const error = new LayersError('ERR_LAYERS_JSON', 'manifest.json: no array', details);
    expect(errorText(error, view, false)).toBe('error: a.tar: manifest.json: no array\n');
  });

  it('escapes what comes from images', () => {
    const error = new LayersError('ERR_LAYERS_JSON', 'bad\x1b[2J\nline', { file: '\u202e', hint: '\x9b' });
    expect(errorText(error, view, true)).toMatch(/^[\x20-\x7e\n]*$/);
    expect(errorText(error, view, false).split('\n')).toHaveLength(3);
  });

  it('owns up to faults that are no errors of ours', () => {
    expect(errorText(new TypeError('x is undefined'), view, false)).toBe(
      'error: TypeError: x is undefined\ntry:   this is a fault of layers itself: please report it, with what -v adds\n',
    );
    expect(errorText('thrown text', view, false)).toContain('error: thrown text\n');
  });

  it('shows stacks, codes and causes only when asked', () => {
    const error = new LayersError('ERR_LAYERS_READ', 'outer', { cause: new Error('inner') });
    expect(errorText(error, view, false)).not.toContain('inner');
    const verbose = errorText(error, view, true);
    expect(verbose).toContain('[ERR_LAYERS_READ]');
    expect(verbose).toContain('caused by Error: inner');
    expect(verbose).toContain('error-text.test.ts');
  });
});
