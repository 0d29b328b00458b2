import { type ErrorCode, type ErrorDetails, LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/command-error.ts';
import { hintFor, withSelectionNames } from '../../src/output/hints.ts';

const ambiguous = new LayersError('ERR_LAYERS_IMAGE_AMBIGUOUS', 'there are 2 images', {
  hint: 'the images are: #1 a:1; #2 b:1',
});

describe('hintFor', () => {
  it('names options, and keeps the list of the library', () => {
    expect(hintFor(ambiguous)).toBe(
      "choose with --image (a tag, an id prefix or '#2') or --platform: #1 a:1; #2 b:1",
    );
  });

  it('keeps the hint of a library if the table has none, and that of the command', () => {
    expect(hintFor(new LayersError('ERR_LAYERS_READ', 'x', { hint: 'check the path' }))).toBe(
      'check the path',
    );
    expect(hintFor(new CommandError('ERR_LAYERS_BLOB_MISMATCH', 'x', { hint: 'own' }))).toBe('own');
    expect(hintFor(new LayersError('ERR_LAYERS_READ', 'x'))).toBeUndefined();
  });

  it.each<[ErrorCode, string, ErrorDetails, string]>([
    ['ERR_LAYERS_TAR_TRUNCATED', 'x', { archive: 'a.tar' }, 'tar -tf a.tar'],
    ['ERR_LAYERS_TAR_CHECKSUM', 'x', { archive: 'a b.tar' }, "tar -tf 'a b.tar'"],
    ['ERR_LAYERS_TAR_CHECKSUM', 'x', { archive: '-' }, 'tar -tf FILE'],
    ['ERR_LAYERS_TAR_CHECKSUM', 'x', { archive: 'a.tar', file: 'l.tar' }, 'layers verify a.tar'],
    ['ERR_LAYERS_GZIP_CORRUPT', 'x', { archive: 'a.tgz' }, 'gzip -t a.tgz'],
    ['ERR_LAYERS_XZ_UNSUPPORTED', 'x', { archive: 'a.txz' }, 'xz -dk a.txz'],
    ['ERR_LAYERS_NOT_AN_IMAGE', 'the input is empty', { archive: '-' }, 'run it alone'],
    [
      'ERR_LAYERS_NOT_AN_IMAGE',
      'the input is not a tar or image archive, but a zip archive',
      { archive: 'a.zip', hint: 'extract it first: unzip FILE' },
      'unzip a.zip',
    ],
    [
      'ERR_LAYERS_NOT_AN_IMAGE',
      'the input is not a tar or image archive, but text',
      { archive: 'a.txt', hint: 'docker save -o FILE IMAGE writes an image archive' },
      'docker save -o FILE IMAGE',
    ],
    [
      'ERR_LAYERS_NOT_AN_IMAGE',
      'the input is not an image archive, but a root file system',
      { archive: 'a.tar', hint: 'import the root file system to make an image' },
      'layers import a.tar NAME',
    ],
    [
      'ERR_LAYERS_NOT_AN_IMAGE',
      'the input is not an image archive, but a directory',
      { archive: 'dir', hint: 'if its files are a root file system, import it to make an image' },
      'tar -C dir -c . | layers import - NAME',
    ],
    ['ERR_LAYERS_READ', 'cannot read /a/b: permission denied', { archive: '/a/b' }, 'ls -ld /a/b'],
    ['ERR_LAYERS_WRITE_OUTPUT', 'cannot write /a/b: no such file or directory', {}, 'mkdir -p /a'],
    ['ERR_LAYERS_WRITE_OUTPUT', 'cannot write /a/b: no space left on device', {}, 'df -h /a'],
    [
      'ERR_LAYERS_NOT_A_ROOTFS',
      'the input is an image archive',
      { archive: 'a.tar' },
      'layers load -i a.tar',
    ],
    ['ERR_LAYERS_BLOB_MISMATCH', 'x', { archive: 'a.tar' }, 'layers verify a.tar'],
    ['ERR_LAYERS_BLOB_MISMATCH', 'x', { archive: "$(id)'.tar" }, "layers verify '$(id)'\\''.tar'"],
  ])('for %s (%j, %j) contains a command', (code, message, details, command) => {
    expect(hintFor(new LayersError(code, message, details))).toContain(command);
  });

  it('names the options of the second image', () => {
    const named = withSelectionNames(ambiguous, { image: '--image-b', platform: '--platform-b' });
    expect(named).toMatchObject({ code: 'ERR_LAYERS_IMAGE_AMBIGUOUS', cause: ambiguous });
    expect(named instanceof CommandError && hintFor(named)).toContain('--image-b (a tag');
    const other = new TypeError('x');
    expect(withSelectionNames(other, { image: '', platform: '' })).toBe(other);
  });
});
