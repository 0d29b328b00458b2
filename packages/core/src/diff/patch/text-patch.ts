import { longestCommon } from '../align-sequences.js';
import { type Edits, slideDown, unifiedHunks } from './unified-hunks.js';

/** Larger files have no patch. The slowest pair of files within this size takes under a second. */
export const PATCH_LIMIT_BYTES = 1024 * 1024;

/** git searches as many bytes for a NUL. */
const BINARY_PROBE_BYTES = 8000;

export interface PatchNames {
  /** Paths from the root, with or without a leading slash; bytes where they are not UTF-8. */
  readonly a: string | Uint8Array;
  readonly b: string | Uint8Array;
  /** The number of unchanged lines around a change; default 3, as for `diff -u`. */
  readonly context?: number;
  /** The most common lines that may be out of order; default 2000. */
  readonly maxEdits?: number;
}

/**
 * Creates a unified diff as `diff -u` and git write it (POSIX diff, "Diff -u Output Format"), for `patch -p1` and
 * `git apply`. The other side of an added or removed file is `/dev/null`. Other names start with `a/` and `b/` and
 * are quoted as by git with core.quotePath=off: as C strings if they contain a quote, a backslash or a control
 * character. Lines end with LF alone; a CR before it is part of the line.
 *
 * The patch is deterministic and has the least possible number of removed and added lines.
 *
 * @param a the whole content, at most `PATCH_LIMIT_BYTES` long to limit the time; null where there is no file
 * @returns the patch; empty where no line differs, also between no file and an empty file. `patchBase64` has its bytes
 *   where they are not UTF-8. `binary` if a side has a NUL within its first 8000 bytes, as in git. `too-different` if
 *   more than `maxEdits` common lines are out of order. `edits` is their number; the time grows with its square
 */
export function textPatch(
  a: Uint8Array | null,
  b: Uint8Array | null,
  names: PatchNames,
): (TextPatch | { omitted: 'binary' | 'too-different' }) & { readonly edits: number } {
  if (isBinary(a) || isBinary(b)) return { omitted: 'binary', edits: 0 };
  const [utf8A, utf8B] = [a === null ? '' : decoded(a), b === null ? '' : decoded(b)];
  const isUtf8 = utf8A !== null && utf8B !== null;
  const linesA = linesOf(isUtf8 ? utf8A : latin1(a));
  const linesB = linesOf(isUtf8 ? utf8B : latin1(b));
  const { pairs, edits } = longestCommon(linesA, linesB, names.maxEdits);
  if (pairs === null) return { omitted: 'too-different', edits };

  const removed: Edits = new Uint8Array(linesA.length).fill(1);
  const added: Edits = new Uint8Array(linesB.length).fill(1);
  for (const [x, y] of pairs) {
    removed[x] = 0;
    added[y] = 0;
  }
  slideDown(linesB, added, removed);
  slideDown(linesA, removed, added);
  const hunks = unifiedHunks(
    { lines: linesA, edits: removed },
    { lines: linesB, edits: added },
    names.context ?? 3,
  );
  if (hunks === '') return { patch: '', edits };
  const head = `--- ${header(a, 'a/', names.a)}\n+++ ${header(b, 'b/', names.b)}\n`;
  if (isUtf8) return { patch: head + hunks, edits };
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from(hunks, 'latin1')]);
  return { patch: bytes.toString('utf8'), patchBase64: bytes.toString('base64'), edits };
}

/** A patch as text, and in base64 where it is not UTF-8. */
export interface TextPatch {
  readonly patch: string;
  readonly patchBase64?: string;
}

function isBinary(bytes: Uint8Array | null): boolean {
  const nul = bytes?.indexOf(0) ?? -1;
  return nul >= 0 && nul < BINARY_PROBE_BYTES;
}

/** Returns text in which each character stands for a byte. */
function latin1(bytes: Uint8Array | null): string {
  return Buffer.from(bytes ?? []).toString('latin1');
}

function decoded(bytes: Uint8Array): string | null {
  try {
    // A byte order mark is part of the first line.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Splits text into lines, each with its line feed; the last may have none. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed + 1;
    lines.push(text.slice(at, end));
    at = end;
  }
  return lines;
}

function header(content: Uint8Array | null, prefix: string, name: string | Uint8Array): string {
  if (content === null) return '/dev/null';
  const bytes = typeof name === 'string' ? Buffer.from(name) : name;
  const start = bytes.findIndex((byte) => byte !== SLASH);
  const written = quoted(prefix, start < 0 ? new Uint8Array() : bytes.subarray(start));
  // Some readers end a name at a space, unless a tab follows.
  return bytes.includes(SPACE) ? `${written}\t` : written;
}

const SLASH = 0x2f;
const SPACE = 0x20;
const DELETE = 0x7f;

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

function quoted(prefix: string, name: Uint8Array): string {
  const text = decoded(name);
  const special = (byte: number): boolean =>
    byte < SPACE || byte === DELETE || ESCAPES.has(byte) || (text === null && byte > DELETE);
  // GNU patch drops a space at the end of a name that is not quoted.
  if (text !== null && name.at(-1) !== SPACE && !name.some(special)) return prefix + text;
  const parts: Uint8Array[] = [];
  for (const byte of name) {
    const octal = (): string => `\\${byte.toString(8).padStart(3, '0')}`;
    parts.push(special(byte) ? Buffer.from(ESCAPES.get(byte) ?? octal()) : Uint8Array.of(byte));
  }
  return `"${prefix}${Buffer.concat(parts).toString('utf8')}"`;
}
