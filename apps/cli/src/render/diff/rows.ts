import type { FileChange } from '@layers/core/diff';
import { escapeBytesForTerminal, escapeForTerminal, escapeName } from '../../output/escape.js';
import { counted } from '../../output/format.js';
import { type Cell, table } from '../../output/table.js';
import type { View } from '../../output/view.js';
import { instructionCell } from '../instruction.js';
import { detailsOf } from './details.js';
import type { Item } from './directories.js';
import { layerText, placeOf } from './file-changes.js';
import { MARKS, painterOf } from './marks.js';

/** By position, the instructions of the layers of both images, as far as they are known. */
export interface Instructions {
  readonly a: ReadonlyMap<number, string | null>;
  readonly b: ReadonlyMap<number, string | null>;
}

const COLUMNS = [
  { title: '' },
  { title: '', align: 'right' },
  { title: '', cut: 'middle', least: 20 },
  { title: '', cut: 'end', least: 16 },
  { title: '', cut: 'end', least: 10, omit: 1 },
] as const;

/** Rows of changed paths as a table; a column in which nothing stands takes no room. */
export function fileTable(
  rows: readonly (readonly (Cell | string)[])[],
  indent: number,
  view: View,
): Generator<string> {
  const used = COLUMNS.map((_, i) => rows.some((row) => textOf(row[i]) !== ''));
  const isUsed = (_: unknown, i: number) => used[i] === true;
  const narrowed = rows.map((row) => row.filter(isUsed));
  return table(view, COLUMNS.filter(isUsed), narrowed, { titles: false, indent });
}

function textOf(cell: Cell | string | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

/** A changed path as the row of a table, named from the directory that stands above the row; null for none. */
export function fileRow(
  item: Pick<Item, 'change' | 'changes' | 'bytesBelow'>,
  directory: string | null,
  why: string,
  view: View,
): (Cell | string)[] {
  const { change, changes, bytesBelow } = item;
  const paint = painterOf(change.change, view);
  return [
    { text: MARKS[change.change], paint },
    bytesText(change, bytesBelow, view),
    { text: nameOf(change, directory), paint },
    changes > 1 ? `(${counted(changes, 'path')})` : whatOf(change, view),
    { text: why, paint: view.colours.dim },
  ];
}

function bytesText(
  { sizeBytesA: sizeA, sizeBytesB: sizeB }: FileChange,
  below: number | undefined,
  view: View,
): string {
  const bytes = below ?? sizeB ?? sizeA;
  return bytes === undefined ? '' : view.bytes(bytes);
}

/** A name relative to the directory; both from the root where a path came from another directory. */
function nameOf({ path, pathBase64, from, fromBase64, type }: FileChange, directory: string | null): string {
  const slash = type === 'directory' && path !== '/' ? '/' : '';
  const depth = directory === null || path === '/' ? WHOLE : depthOf(directory);
  if (from === undefined) return nameBelow(path, pathBase64, depth) + slash;
  const stayed = directory === '/' || from.startsWith(`${directory}/`);
  const [before, after] = [
    nameBelow(from, fromBase64, stayed ? depth : WHOLE),
    nameBelow(path, pathBase64, stayed ? depth : WHOLE),
  ];
  return `${before}${slash} -> ${after}${slash}`;
}

function whatOf(change: FileChange, view: View): string {
  const { type, entries, linkedTo } = change;
  if (linkedTo !== undefined) return `as ${escapeForTerminal(linkedTo)}`;
  const details = detailsOf(change, view);
  if (entries !== undefined && entries > 0)
    return [`(${counted(entries, 'path')} below)`, details].join(' ').trim();
  if (change.change === 'changed' || details !== '') return details;
  const link = change.a ?? change.b;
  if (link?.linkname !== undefined) return `-> ${escapeName(link.linkname, link.linknameBase64)}`;
  return type === 'file' || type === 'directory' ? '' : type;
}

/** The layer that put the path there or took it away, with its instruction; of A where B never had it. */
export function whyOf(item: Pick<Item, 'change' | 'by'>, { a, b }: Instructions, view: View): string {
  const place = placeOf(item.by?.change ?? item.change);
  if (place === null) return '';
  const text = layersText(item);
  const instruction = (place.isOfA ? a : b).get(place.layer);
  return instruction === undefined || instruction === null
    ? text
    : `${text}: ${instructionCell(instruction, view)}`;
}

/** The layers alone, for lines below one that tells its instruction. */
export function layersText({ change, by }: Pick<Item, 'change' | 'by'>): string {
  const others = by === undefined || by.others === 0 ? '' : ' and others';
  return `${layerText(by?.change ?? change)}${others}`;
}

const SLASH = 0x2f;

/** The depth of which nothing lies above: a path is named from the root. */
export const WHOLE = -1;

/**
 * A path, escaped, without what lies above its `depth`th part: what is left to say of it under a heading that names
 * the directory. `base64` are its bytes where they are no UTF-8.
 */
export function nameBelow(path: string, base64: string | undefined, depth: number): string {
  if (base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64');
    return escapeBytesForTerminal(bytes.subarray(startOf(depth, (from) => bytes.indexOf(SLASH, from))));
  }
  return escapeForTerminal(path.slice(startOf(depth, (from) => path.indexOf('/', from))));
}

/** How many parts a directory's path has: 0 for the root. */
export function depthOf(directory: string): number {
  return directory === '/' ? 0 : directory.split('/').length - 1;
}

/** Where the part begins that stands behind `depth + 1` slashes; 0 where there are not as many. */
function startOf(depth: number, nextSlash: (from: number) => number): number {
  let at = -1;
  for (let i = 0; i <= depth; i++) {
    at = nextSlash(at + 1);
    if (at < 0) return 0;
  }
  return at + 1;
}
