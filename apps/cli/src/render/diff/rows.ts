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

/** The known instructions of the layers of both images, by position. */
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

/** Formats rows of changed paths as a table without empty columns. */
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

/** Returns the row of a changed path, with a name relative to `directory`; null for the whole path. */
export function fileRow(
  item: Pick<Item, 'change' | 'changes' | 'bytesBelow'>,
  directory: string | null,
  layers: string,
  view: View,
): (Cell | string)[] {
  const { change, changes, bytesBelow } = item;
  const paint = painterOf(change.change, view);
  return [
    { text: MARKS[change.change], paint },
    bytesText(change, bytesBelow, view),
    { text: nameOf(change, directory), paint },
    changes > 1 ? `(${counted(changes, 'path')})` : descriptionOf(change, view),
    { text: layers, paint: view.colours.dim },
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

/** Returns a name relative to the directory. For a rename from another directory both names are whole paths. */
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

function descriptionOf(change: FileChange, view: View): string {
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

/** Names the layer that created, changed or removed the path, with its instruction. */
export function layersAndInstruction(
  item: Pick<Item, 'change' | 'by'>,
  { a, b }: Instructions,
  view: View,
): string {
  const place = placeOf(item.by?.change ?? item.change);
  if (place === null) return '';
  const text = layersText(item);
  const instruction = (place.isOfA ? a : b).get(place.layer);
  return instruction === undefined || instruction === null
    ? text
    : `${text}: ${instructionCell(instruction, view)}`;
}

/** Names the layers alone, for lines below one that shows the instruction. */
export function layersText({ change, by }: Pick<Item, 'change' | 'by'>): string {
  const others = by === undefined || by.others === 0 ? '' : ' and others';
  return `${layerText(by?.change ?? change)}${others}`;
}

const SLASH = 0x2f;

/** The depth for whole paths. */
export const WHOLE = -1;

/**
 * Returns a path, escaped, without its first `depth` components, for use under a heading that names the directory.
 *
 * @param base64 the bytes of the path where they are not UTF-8
 */
export function nameBelow(path: string, base64: string | undefined, depth: number): string {
  if (base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64');
    return escapeBytesForTerminal(bytes.subarray(startOf(depth, (from) => bytes.indexOf(SLASH, from))));
  }
  return escapeForTerminal(path.slice(startOf(depth, (from) => path.indexOf('/', from))));
}

/** Returns the number of components of a directory's path: 0 for the root. */
export function depthOf(directory: string): number {
  return directory === '/' ? 0 : directory.split('/').length - 1;
}

/** Returns the start of the component after `depth + 1` slashes; 0 if there are fewer. */
function startOf(depth: number, nextSlash: (from: number) => number): number {
  let at = -1;
  for (let i = 0; i <= depth; i++) {
    at = nextSlash(at + 1);
    if (at < 0) return 0;
  }
  return at + 1;
}
