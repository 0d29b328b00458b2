import { isLayersError } from '@layers/errors';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { readHeaders } from '../src/headers.ts';
import { walkTar } from '../src/walk.ts';

const FILES: readonly EntrySpec[] = [
  { path: 'etc/', type: 'directory' },
  { path: 'etc/motd', data: Buffer.alloc(1000, 7) },
  {
    path: `${'long-name/'.repeat(40)}x`,
    data: Buffer.from('x'),
    xattrs: new Map([['user.a', Buffer.from('1')]]),
  },
  { path: 'sparse', data: Buffer.alloc(600, 1), sparse: { realSize: 100_000, extents: [[4096, 600]] } },
  { path: 'link', type: 'symlink', linkpath: 'etc/motd' },
  { path: 'empty' },
];

const plain = (path: Uint8Array) => Buffer.from(path).toString();

/** The header blocks of a tar, without the data between them. */
function headersOf(tar: Uint8Array): Buffer {
  const source = {
    size: tar.length,
    read(target: Uint8Array, position: number) {
      const part = tar.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
  const blocks: Uint8Array[] = [];
  for (const { headerOffset, dataOffset } of walkTar(source))
    blocks.push(tar.subarray(headerOffset, dataOffset));
  return Buffer.concat(blocks);
}

describe('readHeaders', () => {
  it('decodes headers without data between them', () => {
    const headers = headersOf(buildTar(FILES));
    const found = [...readHeaders(headers)].map(({ path, size, type }) => [plain(path), size, type]);
    expect(found).toEqual([
      ['etc/', 0, 'directory'],
      ['etc/motd', 1000, 'file'],
      [`${'long-name/'.repeat(40)}x`, 1, 'file'],
      ['sparse', 100_000, 'file'],
      ['link', 0, 'symlink'],
      ['empty', 0, 'file'],
    ]);
  });

  it('skips blocks of zeros', () => {
    const headers = headersOf(buildTar(FILES.slice(0, 2)));
    const padded = Buffer.concat([Buffer.alloc(512), headers, Buffer.alloc(1024)]);
    expect([...readHeaders(padded)]).toHaveLength(2);
  });

  it('throws for truncated headers', () => {
    const headers = headersOf(buildTar(FILES));
    for (const end of [100, headers.length - 1]) {
      expect(() => [...readHeaders(headers.subarray(0, end))]).toThrow(/the archive ends at byte/);
    }
    const long = headersOf(buildTar(FILES.slice(2, 3)));
    expect(() => [...readHeaders(long.subarray(0, 512))]).toThrow(/inside the extension header/);
  });

  it('throws for a block that is not a header', () => {
    try {
      for (const _ of readHeaders(Buffer.alloc(512, 1)));
      expect.unreachable();
    } catch (error) {
      expect(isLayersError(error) && error.code).toBe('ERR_LAYERS_TAR_CHECKSUM');
    }
  });
});
