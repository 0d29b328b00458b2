import { type ArchiveOptions, buildDockerArchive } from './archive-builder.ts';
import { buildTar, type EntrySpec } from './tar-builder.ts';

const lines = (from: number, to: number, other: ReadonlyMap<number, string> = new Map()): Buffer =>
  Buffer.from(
    Array.from({ length: to - from }, (_, i) => `${other.get(i) ?? `line ${from + i}`}\n`).join(''),
  );

/** Text files that are changed, added, removed, moved or have other permissions, with names that need quotes. */
export const BEFORE: readonly EntrySpec[] = [
  { path: 'etc/', type: 'directory' },
  { path: 'etc/changed', data: lines(0, 40) },
  { path: 'etc/no newline', data: Buffer.from('one\ntwo') },
  { path: 'etc/gone', data: Buffer.from('gone\n') },
  { path: 'etc/gone-empty', data: Buffer.alloc(0) },
  { path: 'etc/moved', data: lines(100, 130) },
  { path: 'etc/script', data: Buffer.from('#!/bin/sh\n'), mode: 0o644 },
  { path: 'etc/both', data: Buffer.from('#!/bin/sh\necho a\n'), mode: 0o644 },
  { path: 'etc/na"me\n--- a\\b', data: Buffer.from('quoted\n') },
  { path: 'etc/binary', data: Buffer.from([0, 1, 2]) },
  { path: 'etc/owner', data: Buffer.from('owner\n') },
  { path: 'etc/link', type: 'symlink', linkpath: 'old' },
  { path: 'etc/link to keep', type: 'symlink', linkpath: 'x y' },
  { path: 'etc/odd-link', type: 'symlink', linkpath: 'old' },
  { path: 'etc/gone-link', type: 'symlink', linkpath: 'gone' },
  { path: 'olddir/', type: 'directory' },
  { path: 'olddir/file', data: Buffer.from('of a directory that is gone\n') },
];

export const AFTER: readonly EntrySpec[] = [
  { path: 'etc/', type: 'directory' },
  {
    path: 'etc/changed',
    data: lines(
      0,
      40,
      new Map([
        [3, 'changed'],
        [30, '--- not a header'],
      ]),
    ),
  },
  { path: 'etc/no newline', data: Buffer.from('one\nthree') },
  { path: 'etc/new', data: Buffer.from('new\n') },
  { path: 'etc/new-empty', data: Buffer.alloc(0) },
  { path: 'etc/moved-away', data: lines(100, 130) },
  { path: 'etc/script', data: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
  { path: 'etc/both', data: Buffer.from('#!/bin/sh\necho b\n'), mode: 0o755 },
  { path: 'etc/na"me\n--- a\\b', data: Buffer.from('quoted, changed\n') },
  { path: 'etc/binary', data: Buffer.from([0, 1, 3]) },
  { path: 'etc/owner', data: Buffer.from('owner\n'), uid: 5 },
  { path: 'etc/link', type: 'symlink', linkpath: 'new\x1b[31m' },
  { path: 'etc/link to keep', type: 'symlink', linkpath: 'y z' },
  { path: 'etc/odd-link', type: 'symlink', linkpath: 'two\nlines' },
  { path: 'newdir/link', type: 'symlink', linkpath: '/nowhere' },
  { path: 'newdir/', type: 'directory' },
  { path: 'newdir/file', data: Buffer.from('of a new directory\n') },
];

export function archiveOf(
  layers: readonly (readonly EntrySpec[])[],
  options: ArchiveOptions = { form: 'hybrid' },
  config: Readonly<Record<string, unknown>> = {},
): Buffer {
  return buildDockerArchive({ images: [{ tags: ['x:1'], layers: layers.map(buildTar), config }] }, options);
}
