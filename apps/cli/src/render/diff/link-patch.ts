import { createHash } from 'node:crypto';
import type { FileChange } from '@layers/core/diff';

const NONE = '0'.repeat(40);

/**
 * The patch of a symbolic link that is new, gone, or points elsewhere, as git writes it: the target is its text.
 * Null where that is not what happened, and for targets that are no line of text.
 */
export function linkPatch(change: FileChange, a: string, b: string): string | null {
  const { type, fields = [] } = change;
  if (type !== 'symlink' || fields.includes('type')) return null;
  const before = change.change === 'added' ? undefined : lineOf(change.a);
  const after = change.change === 'removed' ? undefined : lineOf(change.b);
  if (before === null || after === null || before === after) return null;
  const names = `${gitName(before)}..${gitName(after)}`;
  const head =
    before === undefined
      ? `new file mode 120000\nindex ${names}`
      : after === undefined
        ? `deleted file mode 120000\nindex ${names}`
        : `index ${names} 120000`;
  return [
    `diff --git ${a} ${b}`,
    head,
    `--- ${before === undefined ? '/dev/null' : spaced(a)}`,
    `+++ ${after === undefined ? '/dev/null' : spaced(b)}`,
    `@@ -${range(before)} +${range(after)} @@`,
    ...hunkLine('-', before),
    ...hunkLine('+', after),
    '',
  ].join('\n');
}

/** Null where the target is not known, is empty, or would not be one line of text. */
function lineOf(values: FileChange['a']): string | null {
  const { linkname, linknameBase64 } = values ?? {};
  if (linkname === undefined || linkname === '' || linknameBase64 !== undefined) return null;
  return linkname.includes('\n') ? null : linkname;
}

function range(line: string | undefined): string {
  return line === undefined ? '0,0' : '1';
}

function hunkLine(mark: string, line: string | undefined): string[] {
  return line === undefined ? [] : [mark + line, '\\ No newline at end of file'];
}

/** A tab ends names that hold blanks. */
function spaced(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

/** Git's name of a content. */
function gitName(text: string | undefined): string {
  if (text === undefined) return NONE;
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest('hex');
}
