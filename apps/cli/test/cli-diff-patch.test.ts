import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { needs } from '@layers/testing/needs';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-patch-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const [a, b] = [join(scratch, 'a.tar'), join(scratch, 'b.tar')];

beforeAll(() => {
  writeFileSync(a, archiveOf([BEFORE]));
  writeFileSync(b, archiveOf([AFTER], { form: 'legacy' }));
});

const TOOLS = [
  ['patch', ['-p1', '--batch']],
  ['git', ['apply', '-p1']],
] as const;

const NEW = new Set(['etc/new', 'etc/new-empty', 'newdir/file']);

function unpack(members: readonly EntrySpec[]): string {
  const folder = mkdtempSync(join(scratch, 'tree-'));
  for (const { path, type, data = Buffer.alloc(0), linkpath, mode = 0o644 } of members) {
    const at = join(folder, String(path));
    if (type === 'directory') mkdirSync(at, { recursive: true });
    else if (type === 'symlink') symlinkSync(String(linkpath), at);
    else {
      writeFileSync(at, data);
      chmodSync(at, mode);
    }
  }
  return folder;
}

describe.each(TOOLS)('%s', (tool, args) => {
  it.each([
    ['changed files', []],
    ['changed, new and removed files', ['--new-file']],
  ])('makes of A what B has: %s', needs(tool), (_, options) => {
    const { status, stdout, stderr } = layers(['diff', '--patch', ...options, a, b]);
    expect([status, stderr]).toEqual([
      1,
      options.length === 0 ? expect.stringContaining(': -N adds it') : '',
    ]);
    const tree = unpack(BEFORE);
    const run = spawnSync(tool, args, { cwd: tree, input: stdout });
    expect([run.status, run.stderr.toString()]).toEqual([0, expect.anything()]);
    const links = AFTER.filter(({ path, type }) => type === 'symlink' && path !== 'etc/odd-link');
    for (const { path, linkpath } of links) {
      if (path === 'newdir/link' && options.length === 0) continue;
      expect([path, readlinkSync(join(tree, String(path)))]).toEqual([path, linkpath]);
    }
    const wanted = AFTER.filter(({ path, type }) => type === undefined && path !== 'etc/binary');
    for (const { path, data, mode = 0o644 } of wanted) {
      const at = join(tree, String(path));
      if (NEW.has(String(path)) && options.length === 0) expect(existsSync(at)).toBe(false);
      else {
        expect([path, readFileSync(at, 'utf8')]).toEqual([path, data?.toString()]);
        expect([path, statSync(at).mode & 0o100]).toEqual([path, mode & 0o100]);
      }
    }
    expect(existsSync(join(tree, 'etc/gone'))).toBe(options.length === 0);
    expect(existsSync(join(tree, 'etc/gone-empty'))).toBe(options.length === 0);
    expect(existsSync(join(tree, 'etc/moved'))).toBe(false);
  });
});

describe('layers diff --patch', () => {
  it('describes changes that a patch cannot contain', () => {
    const lines = layers(['diff', '--patch', a, b]).stdout.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Binary files a/etc/binary and b/etc/binary differ',
        'Attributes of a/etc/owner and b/etc/owner differ: owner 0:0 -> 5:0',
        'Attributes of a/etc/odd-link and b/etc/odd-link differ: target "old" -> "two\\nlines"',
        'Only in b: newdir',
        'Only in b/etc: new',
        'Only in a/etc: gone',
        'Only in a: olddir',
      ]),
    );
    expect(lines.filter((line) => line.includes('olddir/file'))).toEqual([]);
  });

  it('escapes output to a terminal, and keeps exact bytes for programs', () => {
    const forPeople = layers(['diff', '--patch', '--color', 'always', a, b]).stdout;
    expect(forPeople).toContain('\x1b[32m+three\x1b[39m');
    expect(forPeople).toContain('+new\\x1b[31m');
    expect(layers(['diff', '--patch', a, b]).stdout).toContain('\n+new\x1b[31m\n');
  });
});
