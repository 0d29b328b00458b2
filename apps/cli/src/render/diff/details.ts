import type { FileChange } from '@layers/core/diff';
import { escapeForTerminal, escapeName } from '../../output/escape.js';
import { counted, shortDate } from '../../output/format.js';
import type { View } from '../../output/view.js';

type Values = NonNullable<FileChange['a']>;
type Field = NonNullable<FileChange['fields']>[number];

/** The longest name of an attribute or target when output is truncated. */
const MAX_LENGTH = 80;

/** Describes the differences of a path that both images have: `mode 0755 -> 0700, owner 0:0 -> 10001:10001`. */
export function detailsOf(change: FileChange, view: View): string {
  const { fields = [], a = {}, b = {} } = change;
  const texts = fields.map((field) => fieldText(field, { change, a, b, view }));
  return texts.filter((text) => text !== '').join(', ');
}

interface FieldContext {
  readonly change: FileChange;
  readonly a: Values;
  readonly b: Values;
  readonly view: View;
}

function fieldText(field: Field, { change, a, b, view }: FieldContext): string {
  switch (field) {
    case 'type':
      return `${a.type ?? '?'} -> ${b.type ?? change.type}`;
    case 'content':
      // A different size implies different content.
      return change.fields?.includes('size') === true ? '' : 'content';
    case 'size':
      return sizesText(change.sizeBytesA ?? 0, change.sizeBytesB ?? 0, view);
    case 'mode':
      return `mode ${octal(a.mode)} -> ${octal(b.mode)}`;
    case 'owner':
      return `owner ${ownerOf(a)} -> ${ownerOf(b)}`;
    case 'target':
      return `target ${targetOf(a, view)} -> ${targetOf(b, view)}`;
    case 'device':
      return `device ${deviceOf(a)} -> ${deviceOf(b)}`;
    case 'xattrs':
      return `xattrs ${xattrsOf(a, b, view)}`;
    case 'hardlinks':
      return `hard links: ${counted(a.hardlinks?.length ?? 1, 'name')} -> ${counted(b.hardlinks?.length ?? 1, 'name')}`;
    case 'mtime':
      return `mtime ${timesOf(a, b)}`;
    default:
      return field satisfies never;
  }
}

/** Formats permission bits with setuid, setgid and sticky, as chmod(1) accepts them. */
export function octal(mode: number | undefined): string {
  return mode === undefined ? '?' : (mode & 0o7777).toString(8).padStart(4, '0');
}

function ownerOf({ uid, gid }: Values): string {
  return `${uid ?? '?'}:${gid ?? '?'}`;
}

function deviceOf({ devmajor, devminor }: Values): string {
  return `${devmajor ?? 0},${devminor ?? 0}`;
}

/** Quotes a target, because it may be empty, or start or end with a space. */
function targetOf({ linkname = '', linknameBase64 }: Values, view: View): string {
  return `"${short(escapeName(linkname, linknameBase64), view)}"`;
}

function xattrsOf(a: Values, b: Values, view: View): string {
  const [before, after] = [new Map(Object.entries(a.xattrs ?? {})), new Map(Object.entries(b.xattrs ?? {}))];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differing = names.filter((name) => before.get(name) !== after.get(name));
  const shown = view.truncate ? differing.slice(0, 5) : differing;
  const marked = shown.map((name) => {
    const mark = !before.has(name) ? '+' : !after.has(name) ? '-' : '~';
    return mark + short(escapeForTerminal(name), view);
  });
  const more = differing.length - shown.length;
  return [...marked, ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}

/** Formats two times to the minute, or exactly if they differ only in seconds. */
function timesOf(a: Values, b: Values): string {
  const [before, after] = [shortDate(a.mtime ?? 0), shortDate(b.mtime ?? 0)];
  return before === after ? `${exactTime(a)} -> ${exactTime(b)}` : `${before} -> ${after}`;
}

function exactTime({ mtime = 0, mtimeNs = 0 }: Values): string {
  return `@${mtime}${mtimeNs === 0 ? '' : `+${mtimeNs}ns`}`;
}

function short(text: string, { truncate, ellipsis }: View): string {
  return truncate && text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH - 1) + ellipsis : text;
}

/** Formats two sizes, in exact bytes where the rounded sizes are equal. */
function sizesText(a: number, b: number, view: View): string {
  const [before, after] = [view.bytes(a), view.bytes(b)];
  return before === after ? `${a} B -> ${b} B` : `${before} -> ${after}`;
}
