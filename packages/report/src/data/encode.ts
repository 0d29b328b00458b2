import { ByteWriter, numberLength } from './byte-writer.js';
import type { ReportData } from './report-data.js';

/** A column of numbers, which are computed when they are written. */
interface Column {
  readonly count: number;
  readonly valueAt: (index: number) => number;
}

/**
 * Returns a report as bytes that compress well: each column by itself. `decodeReport` reads them. Lengths are counted first, so
 * that there is one buffer of the right size: there may be millions of paths.
 */
export function encodeReport({ facts, columns }: ReportData): Uint8Array {
  const { paths, items, names } = columns;
  const ofPaths = (valueAt: Column['valueAt']): Column => ({ count: paths, valueAt });
  const ofItems = (valueAt: Column['valueAt']): Column => ({ count: items, valueAt });
  const before = [
    ofPaths(levelsUp(columns.parent)),
    ofPaths((i) => at(columns.nameStart, i + 1) - at(columns.nameStart, i)),
  ];
  const after = [
    ofPaths((i) => at(columns.owner, i)),
    ofItems((i) => at(columns.path, i) - (i === 0 ? 0 : at(columns.path, i - 1))),
    ofItems((i) => at(columns.layer, i) + 1),
    ofItems((i) => at(columns.change, i)),
    ofItems((i) => at(columns.type, i)),
    ofItems((i) => at(columns.bytes, i)),
    ofItems((i) => at(columns.bytesBefore, i)),
    ofItems((i) => at(columns.waste, i)),
    ofItems((i) => at(columns.wastedBy, i) + 1),
    ofItems((i) => at(columns.attributes, i)),
  ];
  const head = new TextEncoder().encode(JSON.stringify(facts));
  const lengths = new Map([...before, ...after].map((column) => [column, lengthOf(column)]));
  const total = [...lengths.values()].reduce((sum, length) => sum + length, head.length + names.length);
  const out = new ByteWriter(total + ROOM);
  const write = (column: Column): void => {
    out.number(lengths.get(column) ?? 0);
    for (let i = 0; i < column.count; i++) out.number(column.valueAt(i));
  };
  out.block(head);
  out.number(paths);
  out.number(items);
  out.number(names.length);
  for (const column of before) write(column);
  out.block(names);
  for (const column of after) write(column);
  return out.finish();
}

/** Room for the lengths. */
const ROOM = 256;

/** Returns the bytes of a column. */
function lengthOf({ count, valueAt }: Column): number {
  let length = 0;
  for (let i = 0; i < count; i++) length += numberLength(valueAt(i));
  return length;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

/** Returns how many directories end before each path: its parent follows from those of the path before. */
function levelsUp(parent: Int32Array): (path: number) => number {
  return (path) => {
    if (path < 2) return 0;
    let levels = 0;
    for (let above = path - 1; above !== at(parent, path) && above > 0; above = at(parent, above)) levels++;
    return levels;
  };
}
