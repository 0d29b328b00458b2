import { LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/output/error-text.ts';
import { viewOfWidth } from '../support/views.ts';

const view = viewOfWidth(80);
const REPORT = 'hint: this is a bug in layers: report it with the command line and the trace; -v shows it\n';

describe('errorText', () => {
  it('says what is wrong and where, with the code, and what to try, a line each', () => {
    const error = new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'the header is damaged', {
      archive: 'app.tar',
      file: 'abc/layer.tar',
      offset: 512,
      hint: 'save the image again',
    });
    expect(errorText(error, view, false)).toBe(
      'error: app.tar: abc/layer.tar at byte 512: the header is damaged [ERR_LAYERS_TAR_CHECKSUM]\nhint: save the image again\n',
    );
  });

  it('prints only what is known', () => {
    const error = new LayersError('ERR_LAYERS_READ', 'no such file', { archive: 'a.tar' });
    expect(errorText(error, view, false)).toBe('error: a.tar: no such file [ERR_LAYERS_READ]\n');
    expect(errorText(new LayersError('ERR_LAYERS_READ', 'x', { offset: 7 }), view, false)).toBe(
      'error: at byte 7: x [ERR_LAYERS_READ]\n',
    );
  });

  it('names a document once', () => {
    const details = { archive: 'a.tar', file: 'manifest.json' };
    const error = new LayersError('ERR_LAYERS_JSON', 'manifest.json: no array', details);
    expect(errorText(error, view, false)).toBe('error: a.tar: manifest.json: no array [ERR_LAYERS_JSON]\n');
  });

  it('escapes what comes from images', () => {
    const error = new LayersError('ERR_LAYERS_JSON', 'bad\x1b[2J\nline', { file: '\u202e', hint: '\x9b' });
    expect(errorText(error, view, true)).toMatch(/^[\x20-\x7e\n]*$/);
    expect(errorText(error, view, false).split('\n')).toHaveLength(3);
  });

  it('asks for a report of what is not an error of ours', () => {
    expect(errorText(new TypeError('x is undefined'), view, false)).toBe(
      `error: TypeError: x is undefined [ERR_LAYERS_INTERNAL]\n${REPORT}`,
    );
    expect(errorText('thrown text', view, false)).toContain('error: thrown text [ERR_LAYERS_INTERNAL]\n');
    const internal = new LayersError('ERR_LAYERS_INTERNAL', 'x', { hint: 'another hint' });
    expect(errorText(internal, view, false)).toBe(`error: x [ERR_LAYERS_INTERNAL]\n${REPORT}`);
  });

  it('shows stacks and causes only on request', () => {
    const error = new LayersError('ERR_LAYERS_READ', 'outer', { cause: new Error('inner') });
    expect(errorText(error, view, false)).not.toContain('inner');
    const verbose = errorText(error, view, true);
    expect(verbose).toContain('[ERR_LAYERS_READ]');
    expect(verbose).toContain('caused by Error: inner');
    expect(verbose).toContain('error-text.test.ts');
  });
});
