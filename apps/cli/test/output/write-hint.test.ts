import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeError } from '@layers/core/io';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { writeHint } from '../../src/output/write-hint.ts';

const scratch = useScratch();
const hintOf = (path: string, code: string): string | undefined =>
  writeHint(writeError(path, Object.assign(new Error(code), { code })));

describe('the hint for an output that cannot be written', () => {
  it('names a symlink to nothing, and never proposes a directory that exists', () => {
    const link = join(scratch.folder, 'link');
    symlinkSync('missing/x', link);
    for (const path of [link, join(link, 'app.tar'), join(link, 'a', 'b')]) {
      for (const code of ['ENOENT', 'EEXIST']) {
        expect(hintOf(path, code)).toMatch(/^\S+link is a symlink to missing\/x, which does not exist/);
      }
    }
  });

  it('proposes a missing directory', () => {
    mkdirSync(join(scratch.folder, 'real'));
    symlinkSync('real', join(scratch.folder, 'good'));
    const path = join(scratch.folder, 'good', 'new', 'app.tar');
    expect(hintOf(path, 'ENOENT')).toContain(`mkdir -p ${join(scratch.folder, 'good', 'new')}`);
    expect(hintOf(path, 'EEXIST')).toBeUndefined();
  });
});
