import type { FileChange } from '@layers/core/diff';
import { escapeBytesForTerminal, escapeForTerminal } from '../../output/escape.js';
import type { View } from '../../output/view.js';
import { detailsOf } from './details.js';
import { linkPatch } from './link-patch.js';

export interface PatchOptions {
  /** Whether to write the exact text, for a program; else it is escaped, and coloured where colours are enabled. */
  readonly exact: boolean;
  /** Whether the patch includes files that only one image has. */
  readonly newFiles: boolean;
}

/**
 * Renders the changes as one patch for `patch -p1` and `git apply`. Changes that a patch cannot contain are lines that
 * both skip, like those of `diff -r`.
 */
export function* renderPatch(
  changes: Iterable<FileChange>,
  options: PatchOptions,
  view: View,
): Generator<string | Uint8Array> {
  const isBelowListed = createOnlyIn();
  for (const change of changes) {
    const patch = patchOf(change, options, view);
    if (patch === null && isBelowListed(change)) continue;
    const text = patch ?? onlyInLine(change);
    if (options.exact) yield* withExactBytes(text, change);
    else for (const line of text.split('\n').slice(0, -1)) yield `${painted(line, view)}\n`;
  }
}

/** Yields text that contains the patch of a change, with the bytes of the patch. */
function* withExactBytes(text: string, { patch, patchBase64 }: FileChange): Generator<string | Uint8Array> {
  const at = patch === undefined || patchBase64 === undefined ? -1 : text.indexOf(patch);
  if (patch === undefined || patchBase64 === undefined || at === -1) {
    yield text;
    return;
  }
  yield text.slice(0, at);
  yield Buffer.from(patchBase64, 'base64');
  yield text.slice(at + patch.length);
}

/** Returns null for a path that gets only an `Only in` line. */
function patchOf(change: FileChange, { newFiles }: PatchOptions, view: View): string | null {
  const { patch = '', patchOmitted, type } = change;
  const [a, b] = namesOf(change);
  if (newFiles && change.change === 'changed' && change.fields?.includes('type') === true)
    return typeChange(change, a, b, view);
  if (isOneSided(change)) {
    if (!newFiles) return null;
    if (change.patch !== undefined) return headOf(change, a, b) + patch;
    if (type !== 'file' || patchOmitted === undefined) return linkPatch(change, a, b);
    const isAdded = change.change === 'added';
    return omittedLine(isAdded ? NO_FILE : a, isAdded ? b : NO_FILE, patchOmitted);
  }
  const link = linkPatch(change, a, b) ?? '';
  const notes = notesOf(change, link !== '', a, b, view);
  const omitted = patchOmitted === undefined ? '' : omittedLine(a, b, patchOmitted);
  return notes + omitted + headOf(change, a, b) + patch + link;
}

/** Returns the removal of a path and the addition of one of another type. */
function typeChange(change: FileChange, a: string, b: string, view: View): string {
  const parts = [oneSide(change, 'removed', a, b), oneSide(change, 'added', a, b)];
  // A patch has no directories: it has the paths in them.
  const isWhole = parts.every((part) => part !== null);
  const note = isWhole ? '' : notesOf(change, false, a, b, view);
  return note + parts.map((part) => part ?? '').join('');
}

/** Returns one half of a change of the type; null where a patch cannot contain it. */
function oneSide(change: FileChange, side: 'removed' | 'added', a: string, b: string): string | null {
  const { fields: _, patch, patchOmitted, ...rest } = change;
  const type = (side === 'removed' ? change.a : change.b)?.type ?? change.type;
  if (type === 'directory') return '';
  const half: FileChange = { ...rest, change: side, type, ...(patch === undefined ? {} : { patch }) };
  if (type !== 'file') return linkPatch(half, a, b);
  if (patchOmitted !== undefined)
    return omittedLine(side === 'added' ? NO_FILE : a, side === 'added' ? b : NO_FILE, patchOmitted);
  return patch === undefined ? null : headOf(half, a, b) + patch;
}

const NO_FILE = '/dev/null';

function onlyInLine({ change, path, pathBase64 }: FileChange): string {
  return `Only in ${onlyInName(change === 'added' ? 'b' : 'a', path, pathBase64)}\n`;
}

/** From git's object id of the empty blob to no file: `patch` removes an empty file only with this line. */
const REMOVED_EMPTY_FILE = `index e69de29bb2d1d6434b8b29ae775ad8c2e48c5391..${'0'.repeat(40)}`;

function isOneSided({ change }: FileChange): boolean {
  return change === 'added' || change === 'removed';
}

function namesOf({ path, pathBase64, from = path, fromBase64 = pathBase64 }: FileChange): [string, string] {
  return [patchName('a', from, fromBase64), patchName('b', path, pathBase64)];
}

/** Returns git's header lines for names and permissions; empty where nothing follows. */
function headOf(change: FileChange, a: string, b: string): string {
  const lines = [...modeLines(change), ...renameLines(change, a, b)];
  // git treats a patch without its own `diff` line as part of the previous one.
  if (lines.length === 0 && (change.patch ?? '') === '') return '';
  return `diff --git ${a} ${b}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function modeLines({ change, type, fields = [], a, b, patch }: FileChange): string[] {
  if (type !== 'file') return [];
  // The patch of an added or removed empty file consists of these lines alone.
  const defaultMode = patch === '' ? 0o644 : undefined;
  const [modeA, modeB] = [a?.mode ?? defaultMode, b?.mode ?? defaultMode];
  if (change === 'added') return modeB === undefined ? [] : [`new file mode ${fileMode(modeB)}`];
  if (change === 'removed') {
    if (modeA === undefined) return [];
    return [`deleted file mode ${fileMode(modeA)}`, ...(patch === '' ? [REMOVED_EMPTY_FILE] : [])];
  }
  if (!fields.includes('mode') || fields.includes('type') || a?.mode === undefined || b?.mode === undefined)
    return [];
  const [before, after] = [fileMode(a.mode), fileMode(b.mode)];
  return before === after ? [] : [`old mode ${before}`, `new mode ${after}`];
}

/** `patch` renames regular files only. */
function renameLines({ change, type, from }: FileChange, a: string, b: string): string[] {
  if (change !== 'renamed' || type !== 'file' || from === undefined) return [];
  return ['similarity index 100%', `rename from ${withoutSide(a)}`, `rename to ${withoutSide(b)}`];
}

/** Returns `a/etc/motd` as `etc/motd`, also in quotes. */
function withoutSide(name: string): string {
  return name.replace(/^("?)[ab]\//, '$1');
}

/** Formats a mode as git does, without setuid, setgid and sticky bits: `notesOf` reports these. */
function fileMode(mode: number): string {
  return `100${(mode & 0o777).toString(8).padStart(3, '0')}`;
}

/** Describes the differences that a patch cannot contain. */
function notesOf(change: FileChange, isLink: boolean, a: string, b: string, view: View): string {
  const { type, fields = [], a: before, b: after } = change;
  const modeIsInPatch = type === 'file' && !fields.includes('type') && hasFileMode(before?.mode, after?.mode);
  const remaining = fields.filter(
    (field) =>
      !((field === 'content' || field === 'size') && type === 'file') &&
      !(field === 'mode' && modeIsInPatch) &&
      !(field === 'target' && isLink),
  );
  const details = detailsOf({ ...change, fields: remaining }, view);
  const moved = change.change === 'renamed' && type !== 'file' ? [`Moved: ${a} -> ${b}`] : [];
  const other = details === '' ? [] : [`Attributes of ${a} and ${b} differ: ${details}`];
  return [...moved, ...other].map((line) => `${line}\n`).join('');
}

/** Returns whether git's mode lines show the whole difference of two modes. */
function hasFileMode(a = 0, b = 0): boolean {
  return (a & 0o7000) === (b & 0o7000);
}

function omittedLine(a: string, b: string, why: NonNullable<FileChange['patchOmitted']>): string {
  if (why === 'binary') return `Binary files ${a} and ${b} differ\n`;
  return `Files ${a} and ${b} differ: ${why === 'too-large' ? 'too large' : 'too different'} for a patch\n`;
}

const MAX_RECENT = 16;

/** Recognises paths below an added or removed directory. They get no line of their own, as with `diff -r`. */
function createOnlyIn(): (change: FileChange) => boolean {
  const recent: FileChange[] = [];
  return (change) => {
    const isBelow = recent.some(
      (above) => above.change === change.change && change.path.startsWith(`${above.path}/`),
    );
    if (!isBelow && change.type === 'directory') {
      recent.unshift(change);
      recent.length = Math.min(recent.length, MAX_RECENT);
    }
    return isBelow;
  };
}

const HEADS = /^(?:diff |--- |\+\+\+ |(?:old|new|deleted file|new file) mode |rename |similarity |index )/;

/** Tabs are not escaped: they only move the cursor. */
function painted(line: string, { colours }: View): string {
  const text = line.split('\t').map(escapeForTerminal).join('\t');
  if (HEADS.test(line)) return colours.bold(text);
  if (line.startsWith('@@')) return colours.cyan(text);
  if (line.startsWith('+')) return colours.green(text);
  return line.startsWith('-') ? colours.red(text) : text;
}

/** Spaces too: without a `---` line, `patch` cannot find the end of the first of two names. */
const NEEDS_QUOTES = /[\x00-\x20"\\\x7f]/;

/**
 * Returns the name of a file in a patch, such as `a/etc/passwd`. Quotes and escapes it as in C where `patch` and `git`
 * require it, so that a name cannot imitate a line of the patch.
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

/** Returns the directory and the name of a path, as `diff -r` prints them, escaped. */
function onlyInName(side: 'a' | 'b', path: string, base64: string | undefined): string {
  const text =
    base64 === undefined ? escapeForTerminal(path) : escapeBytesForTerminal(Buffer.from(base64, 'base64'));
  const slash = text.lastIndexOf('/');
  return `${side}${text.slice(0, slash)}: ${text.slice(slash + 1)}`;
}
