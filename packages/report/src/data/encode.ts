import { ByteWriter } from './byte-writer.js';
import type { ReportData } from './report-data.js';

/** Returns a report as bytes that compress well: each column by itself. `decodeReport` reads them. */
export function encodeReport({ facts, columns }: ReportData): Uint8Array {
  const { paths, items, names } = columns;
  const out = new ByteWriter();
  out.block(new TextEncoder().encode(JSON.stringify(facts)));
  out.number(paths);
  out.number(items);
  out.number(names.length);
  out.block(column(paths, levelsUp(columns.parent)));
  out.block(column(paths, (i) => at(columns.nameStart, i + 1) - at(columns.nameStart, i)));
  out.block(names);
  out.block(column(paths, (i) => at(columns.owner, i)));
  out.block(column(items, (i) => at(columns.path, i) - (i === 0 ? 0 : at(columns.path, i - 1))));
  out.block(column(items, (i) => at(columns.layer, i) + 1));
  out.block(column(items, (i) => at(columns.change, i)));
  out.block(column(items, (i) => at(columns.type, i)));
  out.block(column(items, (i) => at(columns.bytes, i)));
  out.block(column(items, (i) => at(columns.bytesBefore, i)));
  out.block(column(items, (i) => at(columns.waste, i)));
  out.block(column(items, (i) => at(columns.wastedBy, i) + 1));
  out.block(column(items, (i) => at(columns.attributes, i)));
  return out.finish();
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

function column(count: number, valueAt: (index: number) => number): Uint8Array {
  const out = new ByteWriter();
  for (let i = 0; i < count; i++) out.number(valueAt(i));
  return out.finish();
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
