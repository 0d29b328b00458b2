import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { exactStatus, linkStatus, pathStatus } from '@layers/core/io';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const file = scratch.file(Buffer.from('four'), 'file');
mkdirSync(join(scratch.folder, 'directory'));
symlinkSync('itself', join(scratch.folder, 'itself'));
symlinkSync('absent', join(scratch.folder, 'dangling'));

describe('the status of a path', () => {
  it('is that of the file', () => {
    expect(pathStatus(file)?.size).toBe(4);
    expect(exactStatus(file)?.size).toBe(4n);
    expect(pathStatus(join(scratch.folder, 'directory'))?.isDirectory()).toBe(true);
  });

  it.each([
    ['is absent', 'absent'],
    ['is below a file', 'file/below'],
    ['has a name that is too long', 'n'.repeat(256)],
    ['is a link to itself', 'itself'],
    ['is a link to nothing', 'dangling'],
  ])('is null where the path %s', (_, name) => {
    expect(pathStatus(join(scratch.folder, name))).toBeNull();
    expect(exactStatus(join(scratch.folder, name))).toBeNull();
  });

  it('may be that of the link itself', () => {
    expect(linkStatus(join(scratch.folder, 'dangling'))?.isSymbolicLink()).toBe(true);
    expect(linkStatus(join(scratch.folder, 'file/below'))).toBeNull();
  });
});
