import type { FileChange, FileField } from '@layers/core/diff';
import { ITEM_CHANGES, ITEM_TYPES, type ReportColumns, type ReportMove } from '../data/report-data.js';
import { PathTree } from './path-tree.js';

/** The columns of a comparison, and what they refer to. */
export interface ComparisonColumns {
  readonly columns: ReportColumns;
  readonly owners: readonly string[];
  readonly fields: readonly (readonly FileField[])[];
  readonly moved: readonly ReportMove[];
}

/** Returns the name of the package that owns a changed path; null for none. */
export type OwnerOfChange = (change: FileChange) => string | null;

const MOST_MOVED = 5000;
const NO_FIELDS: readonly FileField[] = [];

/**
 * Returns each path that differs as an item. A content counts once, however many hard links to it differ.
 *
 * @param count the number of changes
 * @param layers the number of layers of B
 */
export function comparisonColumns(
  files: Iterable<FileChange>,
  count: number,
  layers: number,
  ownerOf: OwnerOfChange,
): ComparisonColumns {
  const tree = new PathTree();
  const columns = {
    path: new Int32Array(count),
    layer: new Int32Array(count),
    change: new Uint8Array(count),
    type: new Uint8Array(count),
    bytes: new Float64Array(count),
    bytesBefore: new Float64Array(count),
    waste: new Uint8Array(count),
    wastedBy: new Int32Array(count),
    attributes: new Int32Array(count),
  };
  const owners = new Map<string, number>();
  const ownerOfItem = new Int32Array(count);
  const sets = new Map<string, number>();
  const fields: (readonly FileField[])[] = [];
  let moved: ReportMove[] = [];
  let item = 0;
  for (const change of files) {
    const {
      sizeBytesA = 0,
      sizeBytesB = 0,
      linkedTo,
      layerA,
      layerB,
      fields: differing = NO_FIELDS,
    } = change;
    columns.path[item] = tree.add(bytesOf(change));
    columns.layer[item] = layerB ?? layers;
    columns.change[item] = ITEM_CHANGES.indexOf(change.change);
    columns.type[item] = Math.max(0, ITEM_TYPES.indexOf(change.type));
    if (linkedTo === undefined) {
      columns.bytes[item] = sizeBytesB;
      columns.bytesBefore[item] = sizeBytesA;
    }
    columns.wastedBy[item] = layerA ?? -1;
    columns.attributes[item] = numberOf(sets, differing.join());
    if (sets.size > fields.length) fields.push(differing);
    const owner = ownerOf(change);
    if (owner !== null) ownerOfItem[item] = numberOf(owners, owner) + 1;
    if (change.change === 'renamed') moved.push(moveOf(change));
    if (moved.length > 2 * MOST_MOVED) moved = largest(moved);
    item++;
  }
  const paths = tree.finish();
  const owner = new Int32Array(paths.paths);
  for (const [i, path] of columns.path.entries()) owner[path] = ownerOfItem[i] ?? 0;
  return {
    columns: { ...paths, owner, items: count, ...columns },
    owners: [...owners.keys()],
    fields,
    moved: largest(moved),
  };
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  return number;
}

function bytesOf({ path, pathBase64 }: FileChange): string {
  return Buffer.from(pathBase64 ?? path, pathBase64 === undefined ? 'utf8' : 'base64').toString('latin1');
}

function moveOf({ path, from = '', sizeBytesB = 0, entries = 0 }: FileChange): ReportMove {
  return { from, to: path, bytes: sizeBytesB, entries };
}

function largest(moved: readonly ReportMove[]): ReportMove[] {
  return moved.toSorted((a, b) => b.bytes - a.bytes || b.entries - a.entries).slice(0, MOST_MOVED);
}
