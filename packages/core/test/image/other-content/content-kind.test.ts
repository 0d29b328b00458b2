import { gzipSync } from 'node:zlib';
import { pipeOf } from '@layers/testing/documents';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { openArchive } from '../../../src/image/open-archive.ts';
import { contentKind } from '../../../src/image/other-content/content-kind.ts';
import { FOREIGN_FORMATS, MAGIC_BYTES } from '../../../src/image/other-content/magic-numbers.ts';

const scratch = useScratch();
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Zeros with a magic number in them, as a file system has. */
function at(position: number, magic: string): Buffer {
  const bytes = Buffer.alloc(position + 3000);
  bytes.write(magic, position, 'latin1');
  return bytes;
}

describe('the kind of a content', () => {
  test.each([
    ['compressed with lz4', latin1('\x04\x22\x4d\x18dGV')],
    ['a zip archive', latin1('PK\x03\x04\x14')],
    ['a 7z archive', latin1('7z\xbc\xaf\x27\x1c\0\x04')],
    ['a cpio archive', latin1('0707010000')],
    ['a deb package', latin1('!<arch>\ndebian-binary   1')],
    ['an ar archive', latin1('!<arch>\nx.o/')],
    ['an rpm package', latin1('\xed\xab\xee\xdb\x03')],
    ['a qcow2 disk image', latin1('QFI\xfb\0\0\0\x03')],
    ['a squashfs file system', latin1('hsqs\x05')],
    ['an erofs file system', at(1024, '\xe2\xe1\xf5\xe0')],
    ['an ext2, ext3 or ext4 file system', at(1080, '\x53\xef')],
    ['an ISO 9660 disk image', at(32_769, 'CD001')],
    ['gzip data', gzipSync(Buffer.from('app'))],
    ['zstd data', latin1('\x28\xb5\x2f\xfd\x04')],
    ['xz data', latin1('\xfd7zXZ\0\0\x04')],
    ['bzip2 data', latin1('BZh91AY&SY')],
    ['an ELF program', latin1('\x7fELF\x02\x01')],
    ["UTF-16 text, as PowerShell's > writes it", Buffer.from('\ufeffmanifest.json\0\0', 'utf16le')],
    ['an HTML page', Buffer.from('\n<!DOCTYPE html>\n<html>')],
    ['an error message of a registry, in JSON', Buffer.from('{"errors":[{"code":"UNAUTHORIZED"}]}')],
    ['a document of an image, in JSON, without the image', Buffer.from('{\n "schemaVersion": 2,')],
    ['the output of docker inspect, in JSON', Buffer.from('[\n  {\n "Id": "sha256:00"')],
    ['JSON', Buffer.from('{"a": 1}')],
    [
      'a pointer of Git LFS, not the file itself',
      Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
    ],
    ['a Dockerfile', Buffer.from('# syntax=x\nARG A=1\nFROM alpine\n')],
    ['text', Buffer.from('\ufeff# layers\n\nShows images. Größe')],
  ])('%s is recognised', (name, bytes) => {
    expect(contentKind(bytes)?.name).toBe(name);
  });

  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(1024)],
    ['random bytes', Buffer.from([0x9c, 0x01, 0x80, 0xfe, 0x33])],
    ['text with NUL bytes', Buffer.from('app/\0\0')],
  ])('of %s is unknown', (_, bytes) => {
    expect(contentKind(bytes)).toBeNull();
  });

  test('a character that the limit cuts does not make text binary', () => {
    expect(contentKind(Buffer.from(`${'x'.repeat(4095)}ü`))?.name).toBe('text');
  });

  test('every magic number is in the bytes that are read', () => {
    for (const { at: position = 0, magic } of FOREIGN_FORMATS) {
      expect(position + magic.length).toBeLessThanOrEqual(MAGIC_BYTES);
      expect(Buffer.from(magic, 'latin1').toString('latin1')).toBe(magic);
    }
  });
});

describe('an input that is not a tar', () => {
  const ext4 = at(1080, '\x53\xef');
  const text = Buffer.from('# read me\n');

  test.each([
    ['text', text, 'text'],
    ['a file system that begins with zeros', ext4, 'an ext2, ext3 or ext4 file system'],
  ])('is named: %s', async (_, bytes, name) => {
    const compressed = gzipSync(bytes);
    const inputs = [
      [{ path: scratch.file(bytes) }, name],
      [{ path: '-', stream: pipeOf(bytes, [100]) }, name],
      [{ path: scratch.file(compressed) }, `${name}, compressed with gzip`],
      [{ path: '-', stream: pipeOf(compressed, [7]) }, `${name}, compressed with gzip`],
    ] as const;
    for (const [input, what] of inputs) {
      const error = await errorOfAsync(() => openArchive(input));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_NOT_AN_IMAGE',
        message: `the input is not a tar or image archive, but ${what}`,
        archive: input.path,
      });
    }
  });
});
