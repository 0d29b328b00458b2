import {
  ITEM_CHANGES,
  ITEM_TYPES,
  ITEM_WASTE,
  type ItemChange,
  type ItemType,
  type ItemWaste,
  type ReportComparison,
} from '../data/index.js';
import { cellOf, partsOf } from './cell.js';
import { humanBytes } from './format.js';
import type { ItemSet } from './item-set.js';
import type { Paths } from './paths.js';

/** What one layer does to a path. */
export interface Version {
  readonly layer: number;
  readonly change: ItemChange;
  readonly type: ItemType;
  readonly bytes: number;
  readonly bytesBefore: number;
  readonly waste: ItemWaste;
  /** The layer that made the bytes unreachable; -1 for none. */
  readonly wastedBy: number;
  /** The position of its mode and owner. */
  readonly attributes: number;
}

/** Returns what the layers do to a path, the lowest first. */
export function versionsOf(paths: Paths, path: number): Version[] {
  const { columns } = paths;
  return paths.itemsOf(path).map((item) => ({
    layer: columns.layer[item] ?? 0,
    change: ITEM_CHANGES[columns.change[item] ?? 0] ?? 'added',
    type: ITEM_TYPES[columns.type[item] ?? 0] ?? 'file',
    bytes: columns.bytes[item] ?? 0,
    bytesBefore: columns.bytesBefore[item] ?? 0,
    waste: ITEM_WASTE[columns.waste[item] ?? 0] ?? 'none',
    wastedBy: columns.wastedBy[item] ?? -1,
    attributes: columns.attributes[item] ?? 0,
  }));
}

/** Says what differs in a path of two images. */
export function differenceText(
  { change, type, bytes, bytesBefore, attributes }: Version,
  fields: ReportComparison['fields'],
): string {
  const sizes = [
    ...(change === 'added' ? [] : [humanBytes(bytesBefore)]),
    ...(change === 'removed' ? [] : [humanBytes(bytes)]),
  ].join(' → ');
  const differing = fields[attributes] ?? [];
  return `${change} ${type}${type === 'file' ? `, ${sizes}` : ''}${differing.length === 0 ? '' : `: ${differing.join(', ')}`}`;
}

/** A path in a directory, with the bytes below it. */
export interface Child {
  readonly path: number;
  readonly bytes: number;
  /** The bytes of what grew, in a comparison; all bytes elsewhere. */
  readonly grown: number;
  /** The bytes as text. */
  readonly text: string;
}

/** Returns the paths in a directory that have contents of a set, the largest first. */
export function largestChildren(set: ItemSet, path: number): Child[] {
  return partsOf(cellOf(set, path))
    .filter((part) => part.path !== path)
    .map(({ path: child, bytes, from, to }) => ({
      path: child,
      bytes,
      grown: set.grownBetween(from, to),
      text: set.textBetween(from, to),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}
