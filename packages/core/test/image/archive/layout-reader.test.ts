import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeOfAsync } from '@layers/testing/errors';
import { blobOf, json } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { createLayoutReader } from '../../../src/image/archive/layout-reader.ts';
import { openDirectory } from '../../../src/io/directory.ts';

const scratch = useScratch();

describe('the files of a layout', () => {
  const root = scratch.layout([
    { path: 'index.json', data: json({ a: 1 }) },
    { path: 'blobs/sha256/aa', data: Buffer.from('0123456789') },
  ]);
  mkdirSync(join(root, 'empty'));
  symlinkSync('aa', join(root, 'blobs/sha256/link'));
  symlinkSync('../../..', join(root, 'blobs/sha256/out'));
  symlinkSync('/etc/passwd', join(root, 'absolute'));
  symlinkSync('nowhere', join(root, 'dangling'));
  const files = createLayoutReader(openDirectory(root));

  test('are found under any spelling, with their bytes', () => {
    for (const name of ['index.json', './index.json', 'blobs/../index.json']) {
      const file = files.find(name);
      expect(file).toEqual({ name: 'index.json', type: 'file', size: 7, target: null });
      expect(file === null ? '' : Buffer.from(files.read(file)).toString()).toBe('{"a":1}');
    }
    expect([files.medium, files.seekable, files.bytes, files.compression]).toEqual([
      'directory',
      true,
      null,
      null,
    ]);
    expect([...files.names()].sort()).toEqual([
      'absolute',
      'blobs/sha256/aa',
      'blobs/sha256/link',
      'blobs/sha256/out',
      'dangling',
      'index.json',
    ]);
  });

  test('are found through symlinks, but not outside the layout', () => {
    expect(files.find('blobs/sha256/link')?.size).toBe(10);
    for (const name of ['dangling', '../x']) expect(files.find(name), name).toBeNull();
    for (const name of ['blobs/sha256/out', 'absolute']) {
      expect(() => files.find(name), name).toThrow(/a symlink points outside the layout/);
    }
  });

  test('are found outside the layout where a blob links to bytes with its digest', () => {
    const blobs = ['content', 'other'].map((text) => blobOf(Buffer.from(text), ''));
    const outside = scratch.layout(blobs.map(({ file, hex }) => ({ path: hex, data: file.data })));
    const [content, other] = blobs;
    const layout = scratch.layout([{ path: 'blobs/sha256/x', data: Buffer.from('') }]);
    const linkTo = (name: string, target: string | undefined): void =>
      symlinkSync(join(outside, target ?? ''), join(layout, name));
    linkTo(content?.file.path ?? '', content?.hex);
    linkTo(other?.file.path ?? '', content?.hex);
    linkTo('index.json', content?.hex);
    const reader = createLayoutReader(openDirectory(layout));
    for (let times = 0; times < 2; times++) {
      const found = reader.find(content?.file.path ?? '');
      expect(found).toMatchObject({ name: content?.file.path, size: 7 });
      expect(found === null ? '' : Buffer.from(reader.read(found)).toString()).toBe('content');
    }
    for (const [name, reason] of [
      [other?.file.path ?? '', 'its target does not have the digest in the name'],
      ['index.json', 'no digest of its target is declared'],
    ] as const) {
      const message = `a symlink points outside the layout: it is not followed, because ${reason}`;
      expect(() => reader.find(name)).toThrow(message);
    }
  });

  test('are found where a symlink of a blob was copied as text, with a finding', () => {
    const content = blobOf(Buffer.from('content'), '');
    const other = blobOf(Buffer.from('other'), '');
    const path = blobOf(Buffer.from('../a'), '');
    const outside = scratch.layout([{ path: content.hex, data: content.file.data }]);
    const name = basename(outside);
    const target = Buffer.from(`../../../${name}/${content.hex}`);
    const layout = scratch.layout([
      { path: content.file.path, data: target },
      { path: other.file.path, data: target },
      { path: path.file.path, data: path.file.data },
      { path: 'index.json', data: target },
    ]);
    const reader = createLayoutReader(openDirectory(layout));
    for (const each of [other, path])
      expect(reader.find(each.file.path)?.size).toBeLessThan(target.length + 1);
    expect(reader.find('index.json')?.size).toBe(target.length);
    expect(reader.findings).toEqual([]);
    for (let times = 0; times < 2; times++) {
      const found = reader.find(content.file.path);
      expect(found).toMatchObject({ name: content.file.path, size: 7 });
      expect(found === null ? '' : Buffer.from(reader.read(found)).toString()).toBe('content');
    }
    expect(reader.findings).toMatchObject([{ code: 'archive-oddity' }]);
  });

  test('do not include directories, files below files and impossible names', () => {
    for (const name of ['empty', 'blobs', '', 'index.json/x', 'no', 'x'.repeat(5000), 'a\0b']) {
      expect(files.find(name), name.slice(0, 20)).toBeNull();
    }
  });

  test('are returned as sources', () => {
    const file = files.find('blobs/sha256/aa');
    const place = file === null ? null : files.layer(file);
    if (place?.from !== 'source') throw new Error('no source');
    const { source } = place;
    const bytes = Buffer.alloc(4);
    expect([source.size, source.read(bytes, 3), bytes.toString()]).toEqual([10, 4, '3456']);
  });

  test('a missing directory causes an error', async () => {
    expect(await codeOfAsync(() => createLayoutReader(openDirectory(join(root, 'none'))))).toBe(
      'ERR_LAYERS_READ',
    );
  });
});
