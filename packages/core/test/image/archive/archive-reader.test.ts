import { errorOfAsync } from '@layers/testing/errors';
import { describe, expect, test } from 'vitest';
import {
  type ArchiveFile,
  cleanName,
  followLinks,
  linkTarget,
} from '../../../src/image/archive/archive-reader.ts';

describe('cleanName', () => {
  test.each([
    ['manifest.json', 'manifest.json'],
    ['./manifest.json', 'manifest.json'],
    ['/manifest.json', 'manifest.json'],
    ['.//a///b/./c', 'a/b/c'],
    ['a/../b', 'b'],
    ['a/b/../../c', 'c'],
    ['blobs/', 'blobs'],
    ['', ''],
    ['./', ''],
    ['a/..', ''],
    ['...', '...'],
    ['..a/b..', '..a/b..'],
    ['a\\..\\b', 'a\\..\\b'],
  ])('%j is %j', (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  test.each(['..', '../a', 'a/../..', '/..', './../etc/passwd', 'a/b/../../../c'])(
    '%j climbs out',
    (name) => {
      expect(cleanName(name)).toBeNull();
    },
  );
});

describe('linkTarget', () => {
  test.each([
    ['a/layer.tar', '../b/layer.tar', 'b/layer.tar'],
    ['a/b/c', 'd', 'a/b/d'],
    ['top', 'other', 'other'],
    ['a/b', '/c/d', 'c/d'],
    ['a/b', './c', 'a/c'],
    ['a/b', '../../c', null],
    ['top', '../c', null],
    ['a/b', '/../c', null],
  ])('from %j, %j leads to %j', (name, target, leads) => {
    expect(linkTarget(name, target)).toBe(leads);
  });
});

describe('followLinks', () => {
  const file = (name: string): [string, ArchiveFile] => [name, { name, type: 'file', size: 3, target: null }];
  const link = (name: string, target: string | null): [string, ArchiveFile] => [
    name,
    { name, type: 'link', size: 0, target },
  ];

  test('finds a file under any spelling of its name, and through links', () => {
    const files = new Map([file('a/b'), link('c', 'a/b'), link('d', 'c')]);
    for (const name of ['a/b', './a//b', '/a/b', 'x/../a/b', 'c', 'd'])
      expect(followLinks(files, name)?.name, name).toBe('a/b');
  });

  test('returns null for a missing file', () => {
    const files = new Map([file('a'), link('dangling', 'b')]);
    for (const name of ['b', '', '../a', 'dangling', 'a/b', 'constructor'])
      expect(followLinks(files, name), name).toBeNull();
  });

  test('throws for a link out of the archive, with its name', async () => {
    const error = await errorOfAsync(() => followLinks(new Map([link('c', 'd'), link('d', null)]), 'c'));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_ARCHIVE_LINK', file: 'd' });
  });

  test('throws for a cycle of links, but not for a short chain', async () => {
    const circle = new Map([link('a', 'b'), link('b', 'a')]);
    const error = await errorOfAsync(() => followLinks(circle, 'a'));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_ARCHIVE_LINK', file: 'a' });
    const chain = new Map([...Array.from({ length: 15 }, (_, i) => link(`${i}`, `${i + 1}`)), file('15')]);
    expect(followLinks(chain, '0')?.name).toBe('15');
  });
});
