import { encodeHeader } from '@layers/tar';
import { expect, test } from 'vitest';
import { storableXattrs } from '../../src/append/storable-xattrs.ts';

const long = (letter: string): string => letter.repeat(4095);

test('attributes of a file fit into one header', () => {
  const value = Buffer.alloc(65_536);
  const found = new Map<string, Uint8Array>(
    Array.from({ length: 20 }, (_, i) => [`user.${i}`, value] as const),
  );
  found.set('user.small', Buffer.from('1'));
  const { xattrs, problems } = storableXattrs(found);
  expect([...(xattrs?.keys() ?? [])]).toEqual([
    ...Array.from({ length: 15 }, (_, i) => `user.${i}`),
    'user.small',
  ]);
  expect(problems).toHaveLength(5);
  expect(problems[0]).toBe(
    'a tar cannot store the extended attribute "user.15", because all have over 1 MiB: left out',
  );
  const header = encodeHeader({ path: long('a'), type: 'link', linkpath: long('b'), xattrs, mtimeNs: 1 });
  expect(header.length).toBeGreaterThan(15 * value.length);
});

test('a file without attributes that can be stored has none', () => {
  expect(storableXattrs(undefined)).toEqual({ xattrs: null, problems: [] });
  expect(storableXattrs(new Map([['user.a=b', Buffer.alloc(0)]]))).toMatchObject({ xattrs: null });
});
