import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { makeDirectories } from '../../src/io/make-directories.ts';

const { folder: directory } = useScratch();

test('creates missing directories and keeps existing ones', () => {
  const path = join(directory, 'a/b/c');
  makeDirectories(path);
  makeDirectories(path);
  expect(statSync(path).isDirectory()).toBe(true);
  symlinkSync('a', join(directory, 'link'));
  makeDirectories(join(directory, 'link/d'));
  expect(existsSync(join(directory, 'a/d'))).toBe(true);
});

test('throws where a parent is a file', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => makeDirectories(join(directory, 'file'))).toThrow('EEXIST');
  expect(() => makeDirectories(join(directory, 'file/below'))).toThrow('ENOTDIR');
  symlinkSync('nowhere', join(directory, 'dangling'));
  expect(() => makeDirectories(join(directory, 'dangling'))).toThrow('EEXIST');
});

test('throws where the system cannot create directories, and does not hang', () => {
  expect(() => makeDirectories('/proc/no/such')).toThrow(/ENOENT|EACCES|EPERM/);
});
