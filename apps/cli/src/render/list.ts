import type { ListedEntry } from '@layers/core/analysis';
import { escapeName } from '../output/escape.js';
import { shortDate } from '../output/format.js';
import { modeString } from '../output/mode.js';
import type { View } from '../output/view.js';

export interface ListOptions {
  readonly long: boolean;
  /** Whether names are shown as whole paths. */
  readonly paths: boolean;
}

/**
 * Renders one line an entry, as `ls` and `ls -l` do. Names are never truncated. Columns are not
 * aligned, so that a list of any length starts at once.
 */
export function* renderList(
  entries: Iterable<ListedEntry>,
  options: ListOptions,
  view: View,
): Generator<string> {
  for (const entry of entries)
    yield options.long ? longLine(entry, options, view) : `${nameOf(entry, options, view)}\n`;
}

/** Mode, owner, size or device, time, layer, name and target. */
function longLine(entry: ListedEntry, options: ListOptions, view: View): string {
  const { type, mode, uid, gid, mtime, layer } = entry;
  const owner = `${uid}:${gid}`.padStart(7);
  const size = sizeText(entry, view).padStart(8);
  const position = (layer === null ? '-' : String(layer)).padStart(3);
  const fields = [modeString(type, mode), owner, size, shortDate(mtime), view.colours.dim(position)];
  const digest = entry.digest === undefined ? [] : [view.colours.dim(entry.digest)];
  return `${[...fields, ...digest, nameOf(entry, options, view)].join('  ')}${targetOf(entry)}\n`;
}

function sizeText({ type, sizeBytes: size, devmajor, devminor }: ListedEntry, view: View): string {
  if (type === 'char' || type === 'block') return `${devmajor ?? 0}, ${devminor ?? 0}`;
  return type === 'directory' ? '-' : view.bytes(size);
}

function nameOf(entry: ListedEntry, { paths }: ListOptions, view: View): string {
  const path = escapeName(entry.path, entry.pathBase64);
  const name = paths ? path : path.slice(path.lastIndexOf('/') + 1) || path;
  return painter(entry, view)(name);
}

function targetOf({ type, linkname, linknameBase64 }: ListedEntry): string {
  if (linkname === undefined) return '';
  const target = escapeName(linkname, linknameBase64);
  return type === 'symlink' ? ` -> ${target}` : ` link to ${target}`;
}

function painter({ type, mode }: ListedEntry, { colours }: View): (text: string) => string {
  if (type === 'directory') return colours.blue;
  if (type === 'symlink') return colours.cyan;
  if (type === 'whiteout' || type === 'opaque') return colours.red;
  if (type === 'file') return (mode & 0o111) !== 0 ? colours.green : String;
  return colours.yellow;
}
