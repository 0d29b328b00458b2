import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { makeDirectories } from '../../src/io/make-directories.ts';

const { folder } = useScratch();

test('all that is missing is made, and what is there stays', () => {
  const path = join(folder, 'a/b/c');
  makeDirectories(path);
  makeDirectories(path);
  expect(statSync(path).isDirectory()).toBe(true);
  symlinkSync('a', join(folder, 'link'));
  makeDirectories(join(folder, 'link/d'));
  expect(existsSync(join(folder, 'a/d'))).toBe(true);
});

test('a file in the way is told of', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeDirectories(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeDirectories(join(folder, 'file/below'))).toThrow('ENOTDIR');
  symlinkSync('nowhere', join(folder, 'dangling'));
  expect(() => makeDirectories(join(folder, 'dangling'))).toThrow('EEXIST');
});

test('a system that makes no folders is told of, and nothing waits for it', () => {
  expect(() => makeDirectories('/proc/no/such')).toThrow(/ENOENT|EACCES|EPERM/);
});
