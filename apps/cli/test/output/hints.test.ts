import { LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/command-error.ts';
import { hintFor, withSelectionNames } from '../../src/output/hints.ts';

const ambiguous = new LayersError('ERR_LAYERS_IMAGE_AMBIGUOUS', 'there are 2 images', {
  hint: 'the images are: #1 a:1; #2 b:1',
});

describe('hintFor', () => {
  it('names options, and keeps what the library lists', () => {
    expect(hintFor(ambiguous)).toBe(
      "choose with --image (a tag, an id prefix or '#2') or --platform: #1 a:1; #2 b:1",
    );
  });

  it('keeps the hint of a library where the table has none, and that of the command', () => {
    expect(hintFor(new LayersError('ERR_LAYERS_READ', 'x', { hint: 'check the path' }))).toBe(
      'check the path',
    );
    expect(hintFor(new CommandError('ERR_LAYERS_BLOB_MISMATCH', 'x', { hint: 'own' }))).toBe('own');
    expect(hintFor(new LayersError('ERR_LAYERS_READ', 'x'))).toBeUndefined();
  });

  it('names the options of the second image once they are chosen', () => {
    const named = withSelectionNames(ambiguous, { image: '--image-b', platform: '--platform-b' });
    expect(named).toMatchObject({ code: 'ERR_LAYERS_IMAGE_AMBIGUOUS', cause: ambiguous });
    expect(named instanceof CommandError && hintFor(named)).toContain('--image-b (a tag');
    const other = new TypeError('x');
    expect(withSelectionNames(other, { image: '', platform: '' })).toBe(other);
  });
});
