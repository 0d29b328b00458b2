import { isLayersError } from '@layers/errors';
import { buildTar, type Member } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { readHeaders } from '../src/headers.ts';
import { walkTar } from '../src/walk.ts';

const MEMBERS: readonly Member[] = [
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
  it('gives the entries of headers that stand next to each other', () => {
    const headers = headersOf(buildTar(MEMBERS));
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

  it('passes over blocks of zeros', () => {
    const headers = headersOf(buildTar(MEMBERS.slice(0, 2)));
    const padded = Buffer.concat([Buffer.alloc(512), headers, Buffer.alloc(1024)]);
    expect([...readHeaders(padded)]).toHaveLength(2);
  });

  it('says where headers that are cut off end', () => {
    const headers = headersOf(buildTar(MEMBERS));
    for (const end of [100, headers.length - 1]) {
      expect(() => [...readHeaders(headers.subarray(0, end))]).toThrow(/the tar ends at/);
    }
    const long = headersOf(buildTar(MEMBERS.slice(2, 3)));
    expect(() => [...readHeaders(long.subarray(0, 512))]).toThrow(/in an extension header/);
  });

  it('refuses what is no header', () => {
    try {
      for (const _ of readHeaders(Buffer.alloc(512, 1)));
      expect.unreachable();
    } catch (error) {
      expect(isLayersError(error) && error.code).toBe('ERR_LAYERS_TAR_CHECKSUM');
    }
  });
});
