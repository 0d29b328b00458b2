import type { FileChange } from '@layers/core/diff';
import { escapeBytesForTerminal, escapeForTerminal } from '../../output/escape.js';
import type { View } from '../../output/view.js';
import { detailsOf } from './details.js';
import { linkPatch } from './link-patch.js';

export interface PatchOptions {
  /** Whether the text goes to a program, to the last byte; else it is escaped, and painted where there are colours. */
  readonly exact: boolean;
  /** Whether files that only one image has are part of the patch. */
  readonly newFiles: boolean;
}

/**
 * The changes as one patch that `patch -p1` and `git apply` can read. What a patch cannot hold is told in lines that
 * they pass over, such as `diff -r` writes.
 */
export function* renderPatch(
  changes: Iterable<FileChange>,
  options: PatchOptions,
  view: View,
): Generator<string> {
  const isBelowTold = createOnlyIn();
  for (const change of changes) {
    const told = patchOf(change, options, view);
    if (told === null && isBelowTold(change)) continue;
    const text = told ?? onlyInLine(change);
    if (options.exact) yield text;
    else for (const line of text.split('\n').slice(0, -1)) yield `${painted(line, view)}\n`;
  }
}

/** Null for what is but told to be in one image alone. */
function patchOf(change: FileChange, { newFiles }: PatchOptions, view: View): string | null {
  const { patch = '', patchOmitted, type } = change;
  const [a, b] = namesOf(change);
  if (isOneSided(change)) {
    if (!newFiles) return null;
    if (change.patch !== undefined) return headOf(change, a, b) + patch;
    if (type !== 'file' || patchOmitted === undefined) return linkPatch(change, a, b);
    const isAdded = change.change === 'added';
    return omittedLine(isAdded ? NOTHING : a, isAdded ? b : NOTHING, patchOmitted);
  }
  const link = linkPatch(change, a, b) ?? '';
  const notes = notesOf(change, link !== '', a, b, view);
  const omitted = patchOmitted === undefined ? '' : omittedLine(a, b, patchOmitted);
  return notes + omitted + headOf(change, a, b) + patch + link;
}

const NOTHING = '/dev/null';

function onlyInLine({ change, path, pathBase64 }: FileChange): string {
  return `Only in ${onlyInName(change === 'added' ? 'b' : 'a', path, pathBase64)}\n`;
}

/** The empty content, as git names it, becoming none: `patch` removes an empty file for nothing less. */
const EMPTY_TO_NONE = `index e69de29bb2d1d6434b8b29ae775ad8c2e48c5391..${'0'.repeat(40)}`;

function isOneSided({ change }: FileChange): boolean {
  return change === 'added' || change === 'removed';
}

function namesOf({ path, pathBase64, from = path, fromBase64 = pathBase64 }: FileChange): [string, string] {
  return [patchName('a', from, fromBase64), patchName('b', path, pathBase64)];
}

/** The lines by which git begins, and tells of names and permissions; none where there is nothing to tell. */
function headOf(change: FileChange, a: string, b: string): string {
  const lines = [...modeLines(change), ...renameLines(change, a, b)];
  // git reads on where such lines end, so that every patch needs a beginning of its own.
  if (lines.length === 0 && (change.patch ?? '') === '') return '';
  return `diff --git ${a} ${b}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function modeLines({ change, type, fields = [], a, b, patch }: FileChange): string[] {
  if (type !== 'file') return [];
  // Of an empty file that is new or gone, nothing but these lines tells.
  const least = patch === '' ? 0o644 : undefined;
  const [modeA, modeB] = [a?.mode ?? least, b?.mode ?? least];
  if (change === 'added') return modeB === undefined ? [] : [`new file mode ${fileMode(modeB)}`];
  if (change === 'removed') {
    if (modeA === undefined) return [];
    return [`deleted file mode ${fileMode(modeA)}`, ...(patch === '' ? [EMPTY_TO_NONE] : [])];
  }
  if (!fields.includes('mode') || fields.includes('type') || a?.mode === undefined || b?.mode === undefined)
    return [];
  const [before, after] = [fileMode(a.mode), fileMode(b.mode)];
  return before === after ? [] : [`old mode ${before}`, `new mode ${after}`];
}

/** `patch` moves regular files alone. */
function renameLines({ change, type, from }: FileChange, a: string, b: string): string[] {
  if (change !== 'renamed' || type !== 'file' || from === undefined) return [];
  return ['similarity index 100%', `rename from ${withoutSide(a)}`, `rename to ${withoutSide(b)}`];
}

/** `a/etc/motd` as `etc/motd`, also in quotes. */
function withoutSide(name: string): string {
  return name.replace(/^("?)[ab]\//, '$1');
}

/** As git writes it, which knows no set-user-ID bit: what follows from it is told in words. */
function fileMode(mode: number): string {
  return `100${(mode & 0o777).toString(8).padStart(3, '0')}`;
}

/** What no patch can hold, in words. */
function notesOf(change: FileChange, isLink: boolean, a: string, b: string, view: View): string {
  const { type, fields = [], a: before, b: after } = change;
  const modeIsTold = type === 'file' && !fields.includes('type') && hasFileMode(before?.mode, after?.mode);
  const told = fields.filter(
    (field) =>
      !((field === 'content' || field === 'size') && type === 'file') &&
      !(field === 'mode' && modeIsTold) &&
      !(field === 'target' && isLink),
  );
  const details = detailsOf({ ...change, fields: told }, view);
  const moved = change.change === 'renamed' && type !== 'file' ? [`Moved: ${a} -> ${b}`] : [];
  const other = details === '' ? [] : [`Attributes of ${a} and ${b} differ: ${details}`];
  return [...moved, ...other].map((line) => `${line}\n`).join('');
}

/** Whether the lines of git say all that differs of two modes. */
function hasFileMode(a = 0, b = 0): boolean {
  return (a & 0o7000) === (b & 0o7000);
}

function omittedLine(a: string, b: string, why: NonNullable<FileChange['patchOmitted']>): string {
  if (why === 'binary') return `Binary files ${a} and ${b} differ\n`;
  return `Files ${a} and ${b} differ: ${why === 'too-large' ? 'too large' : 'too different'} for a patch\n`;
}

const REMEMBERED = 16;

/** Of a directory that only one image has, what is below it need not be told, as `diff -r` does not. */
function createOnlyIn(): (change: FileChange) => boolean {
  const recent: FileChange[] = [];
  return (change) => {
    const isBelow = recent.some(
      (above) => above.change === change.change && change.path.startsWith(`${above.path}/`),
    );
    if (!isBelow && change.type === 'directory') {
      recent.unshift(change);
      recent.length = Math.min(recent.length, REMEMBERED);
    }
    return isBelow;
  };
}

const HEADS = /^(?:diff |--- |\+\+\+ |(?:old|new|deleted file|new file) mode |rename |similarity |index )/;

/** Tabs move the cursor and nothing else. */
function painted(line: string, { colours }: View): string {
  const text = line.split('\t').map(escapeForTerminal).join('\t');
  if (HEADS.test(line)) return colours.bold(text);
  if (line.startsWith('@@')) return colours.cyan(text);
  if (line.startsWith('+')) return colours.green(text);
  return line.startsWith('-') ? colours.red(text) : text;
}

/** A blank too: where no `---` line follows, `patch` could not tell where the first of two names ends. */
const NEEDS_QUOTES = /[\x00-\x20"\\\x7f]/;

/**
 * The name of a file in a patch, such as `a/etc/passwd`: in quotes and with escapes as in C where `patch` and `git`
 * could not read it otherwise, so that no name can be taken for a line of the patch.
 */
function patchName(side: 'a' | 'b', path: string, base64: string | undefined): string {
  if (base64 === undefined && !NEEDS_QUOTES.test(path)) return `${side}${path}`;
  const bytes = base64 === undefined ? Buffer.from(path) : Buffer.from(base64, 'base64');
  let quoted = '';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    quoted += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${side}${quoted}"`;
}

/** The folder and the last part of a path, each as `diff -r` names them, escaped. */
function onlyInName(side: 'a' | 'b', path: string, base64: string | undefined): string {
  const text =
    base64 === undefined ? escapeForTerminal(path) : escapeBytesForTerminal(Buffer.from(base64, 'base64'));
  const slash = text.lastIndexOf('/');
  return `${side}${text.slice(0, slash)}: ${text.slice(slash + 1)}`;
}
