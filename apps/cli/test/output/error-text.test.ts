import { type ErrorDetails, LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/output/error-text.ts';
import { viewOfWidth } from '../support/views.ts';

const view = viewOfWidth(80);
const REPORT = 'hint: this is a bug in layers: report it with the command line and the trace; -v shows it\n';

describe('errorText', () => {
  it('prints what is wrong and where, with the code, and a hint, a line each', () => {
    const error = new LayersError('ERR_LAYERS_STORE', 'the header is damaged', {
      archive: 'app.tar',
      file: 'abc/layer.tar',
      offset: 512,
      hint: 'save the image again',
    });
    expect(errorText(error, view, false)).toBe(
      'error: app.tar: abc/layer.tar at byte 512: the header is damaged [ERR_LAYERS_STORE]\nhint: save the image again\n',
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
    const error = new LayersError('ERR_LAYERS_READ', 'manifest.json: no array', details);
    expect(errorText(error, view, false)).toBe('error: a.tar: manifest.json: no array [ERR_LAYERS_READ]\n');
  });

  it('names a place once', () => {
    const text = (message: string, details: ErrorDetails): string =>
      errorText(new LayersError('ERR_LAYERS_READ', message, details), view, false).replace(/ \[.*/s, '');
    expect(text('x.json is not UTF-8 at byte 5', { archive: 'a.tar', file: 'x.json', offset: 5 })).toBe(
      'error: a.tar: x.json is not UTF-8 at byte 5',
    );
    expect(
      text('the tar header at byte 512 is wrong', { archive: 'a.tar', file: 'l.tar', offset: 512 }),
    ).toBe('error: a.tar: l.tar: the tar header at byte 512 is wrong');
    expect(text('the tar header at byte 5120 is wrong', { archive: 'tar', offset: 512 })).toBe(
      'error: tar: at byte 512: the tar header at byte 5120 is wrong',
    );
    expect(text('cannot read a.tar: permission denied', { archive: 'a.tar' })).toBe(
      'error: cannot read a.tar: permission denied',
    );
  });

  it('makes the archive the subject of a message about the input', () => {
    const message = 'the input is not a tar or image archive';
    const text = (archive: string): string =>
      errorText(new LayersError('ERR_LAYERS_NOT_AN_IMAGE', message, { archive }), view, false);
    expect(text('README.md')).toBe(
      'error: README.md is not a tar or image archive [ERR_LAYERS_NOT_AN_IMAGE]\n' +
        'hint: docker save -o FILE IMAGE writes an image archive; layers images lists the images of the store\n',
    );
    expect(text('-')).toMatch(/^error: standard input is not a tar or image archive /);
  });

  it('escapes text from images', () => {
    const error = new LayersError('ERR_LAYERS_JSON', 'bad\x1b[2J\nline', { file: '\u202e', hint: '\x9b' });
    expect(errorText(error, view, true)).toMatch(/^[\x20-\x7e\n]*$/);
    expect(errorText(error, view, false).split('\n')).toHaveLength(3);
  });

  it('asks for a report of any other error', () => {
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
