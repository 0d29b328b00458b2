import { createHash } from 'node:crypto';
import type { FileChange } from '@layers/core/diff';

const NO_BLOB = '0'.repeat(40);

/**
 * Returns the patch of a symbolic link that was added, removed or has a new target. As in git, the target is the
 * text of the file. Null for other changes, and for targets that are not a single line of text.
 */
export function linkPatch(change: FileChange, a: string, b: string): string | null {
  const { type, fields = [] } = change;
  if (type !== 'symlink' || fields.includes('type')) return null;
  const before = change.change === 'added' ? undefined : lineOf(change.a);
  const after = change.change === 'removed' ? undefined : lineOf(change.b);
  if (before === null || after === null || before === after) return null;
  const names = `${blobId(before)}..${blobId(after)}`;
  const head =
    before === undefined
      ? `new file mode 120000\nindex ${names}`
      : after === undefined
        ? `deleted file mode 120000\nindex ${names}`
        : `index ${names} 120000`;
  return [
    `diff --git ${a} ${b}`,
    head,
    `--- ${before === undefined ? '/dev/null' : endedName(a)}`,
    `+++ ${after === undefined ? '/dev/null' : endedName(b)}`,
    `@@ -${range(before)} +${range(after)} @@`,
    ...hunkLine('-', before),
    ...hunkLine('+', after),
    '',
  ].join('\n');
}

/** Returns null where the target is unknown, empty, or not a single line of text. */
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

/** Ends a name that contains spaces with a tab, as diff does. */
function endedName(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

/** Returns the object id of a blob, as git computes it. */
function blobId(text: string | undefined): string {
  if (text === undefined) return NO_BLOB;
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest('hex');
}
