import type { FileChange } from '@layers/core/diff';
import { describe, expect, it } from 'vitest';
import { renderPatch } from '../../../src/render/diff/patch.ts';
import { added, changed, removed, renamed } from '../../support/diff-documents.ts';
import { viewOfWidth } from '../../support/views.ts';

const patch = '--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-a\tb\x1b[2J\n+c\n';

function text(changes: readonly FileChange[], { exact = true, newFiles = false } = {}): string {
  return [...renderPatch(changes, { exact, newFiles }, viewOfWidth(80))].join('');
}

describe('renderPatch', () => {
  it('prints exact patches for programs, and escaped ones with tabs for a terminal', () => {
    const change = changed('/etc/x', ['content', 'size'], { patch });
    expect(text([change])).toBe(`diff --git a/etc/x b/etc/x\n${patch}`);
    expect(text([change], { exact: false })).toBe(
      'diff --git a/etc/x b/etc/x\n--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-a\tb\\x1b[2J\n+c\n',
    );
  });

  it('quotes names that look like lines of a patch', () => {
    const path = '/x\n--- a/etc/passwd\n+++ b/etc/passwd';
    const shown = text([
      added(path, 1),
      removed(`${path}"`),
      changed(path, ['content'], { patchOmitted: 'binary' }),
      changed(path, ['owner'], { a: { uid: 0, gid: 0 }, b: { uid: 1, gid: 0 } }),
      renamed(path, `${path}2`),
      renamed(path, `${path}2`, { type: 'symlink' }),
    ]);
    expect(shown).not.toMatch(/^(?:---|\+\+\+)/m);
  });

  it('prints why a file has no patch', () => {
    const of = (patchOmitted: NonNullable<FileChange['patchOmitted']>) =>
      text([changed('/etc/x', ['content'], { patchOmitted })]);
    expect(of('binary')).toBe('Binary files a/etc/x and b/etc/x differ\n');
    expect(of('too-large')).toBe('Files a/etc/x and b/etc/x differ: too large for a patch\n');
    expect(of('too-different')).toBe('Files a/etc/x and b/etc/x differ: too different for a patch\n');
    expect(text([added('/etc/x', 5, { patchOmitted: 'binary' })], { newFiles: true })).toBe(
      'Binary files /dev/null and b/etc/x differ\n',
    );
    expect(text([removed('/etc/x', 5, { patchOmitted: 'binary' })], { newFiles: true })).toBe(
      'Binary files a/etc/x and /dev/null differ\n',
    );
  });

  it('prints modes as git does, and other attributes in words', () => {
    const mode = (before: number, after: number) =>
      text([changed('/etc/x', ['mode'], { a: { mode: before }, b: { mode: after } })]);
    expect(mode(0o644, 0o755)).toBe('diff --git a/etc/x b/etc/x\nold mode 100644\nnew mode 100755\n');
    expect(mode(0o755, 0o4755)).toBe('Attributes of a/etc/x and b/etc/x differ: mode 0755 -> 4755\n');
    expect(
      text([changed('/etc', ['mode'], { type: 'directory', a: { mode: 0o755 }, b: { mode: 0o700 } })]),
    ).toBe('Attributes of a/etc and b/etc differ: mode 0755 -> 0700\n');
  });

  it('prints the top directory of paths in only one image, as diff -r does', () => {
    expect(text([added('/a'), added('/a-b', 1), added('/a/c'), added('/a/c/d', 1), removed('/a/e', 1)])).toBe(
      'Only in b: a\nOnly in b: a-b\nOnly in a/a: e\n',
    );
  });

  it('renames regular files, and describes other renames', () => {
    expect(text([renamed('/a', '/b c')])).toBe(
      'diff --git a/a "b/b c"\nsimilarity index 100%\nrename from a\nrename to "b c"\n',
    );
    expect(text([renamed('/a', '/b', { type: 'directory', entries: 3 })])).toBe('Moved: a/a -> b/b\n');
  });
});
