import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { diffOf, file } from '@layers/testing/diffed';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { renderPatch } from '../../../src/render/diff/patch.ts';
import { viewOfWidth } from '../../support/views.ts';

const scratch = useScratch();
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const directory = (path: string): EntrySpec => ({ path, type: 'directory' });
const symlink = (path: string, linkpath: string): EntrySpec => ({ path, type: 'symlink', linkpath });

const BEFORE: EntrySpec[] = [
  { path: 'latin', data: latin1('caf\xe9\nsame\nna\xefve\n') },
  { path: 'latin-gone', data: latin1('\xff\n') },
  file('file-link', 'one\ntwo\n', { mode: 0o755 }),
  symlink('link-file', 'target'),
  file('file-directory', 'text\n'),
  directory('directory-link'),
  file('directory-link/in', 'in\n'),
];
const AFTER: EntrySpec[] = [
  { path: 'latin', data: latin1('caf\xe8\nsame\nna\xefve\n') },
  { path: 'latin-new', data: latin1('\xe9\xe8') },
  symlink('file-link', 'elsewhere'),
  file('link-file', 'now a file\n', { mode: 0o755 }),
  directory('file-directory'),
  file('file-directory/in', 'new\n'),
  symlink('directory-link', 'latin'),
];

async function patchBytes(newFiles: boolean): Promise<Buffer> {
  const { list } = await diffOf(scratch, [BEFORE], [AFTER], { only: ['files'], patch: { newFiles } });
  const pieces = renderPatch(list, { exact: true, newFiles }, viewOfWidth(100));
  return Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));
}

function unpacked(entries: readonly EntrySpec[]): string {
  const folder = mkdtempSync(join(scratch.folder, 'tree-'));
  for (const { path, type, data = Buffer.alloc(0), linkpath = '', mode = 0o644 } of entries) {
    const at = join(folder, String(path));
    if (type === 'directory') mkdirSync(at);
    else if (type === 'symlink') symlinkSync(String(linkpath), at);
    else {
      writeFileSync(at, data);
      chmodSync(at, mode);
    }
  }
  return folder;
}

describe('a patch with changes of the type and text in Latin-1', () => {
  it('makes A into B with git', needs('git'), async () => {
    const tree = unpacked(BEFORE);
    const run = spawnSync('git', ['apply', '-p1'], { cwd: tree, input: await patchBytes(true) });
    expect([run.status, run.stderr.toString()]).toEqual([0, expect.anything()]);
    for (const { path, type, data, linkpath, mode = 0o644 } of AFTER) {
      const at = join(tree, String(path));
      if (type === 'directory') expect(lstatSync(at).isDirectory()).toBe(true);
      else if (type === 'symlink') expect(readlinkSync(at)).toBe(linkpath);
      else {
        expect([path, readFileSync(at)]).toEqual([path, data]);
        expect([path, lstatSync(at).mode & 0o100]).toEqual([path, mode & 0o100]);
      }
    }
    expect(existsSync(join(tree, 'latin-gone'))).toBe(false);
  });

  it('names the types where new files are not included', async () => {
    const text = (await patchBytes(false)).toString('latin1');
    expect(text).toContain('\n-caf\xe9\n+caf\xe8\n');
    expect(text).toContain('Attributes of a/file-link and b/file-link differ: file -> symlink');
    expect(text).not.toContain('new file mode');
  });
});
