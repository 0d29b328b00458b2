import { ByteWriter, numberLength } from './byte-writer.js';
import type { ReportData } from './report-data.js';

/** A column of numbers, which are computed when they are written. */
interface Column {
  readonly count: number;
  readonly valueAt: (index: number) => number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Yields a report as bytes that compress well: each column by itself. `decodeReport` reads them. A chunk is valid until the next
 * one: there may be millions of paths, so that the bytes are never in memory as a whole.
 */
export function* encodeReport({ facts, columns }: ReportData): Generator<Uint8Array, void, undefined> {
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
  const out = new ByteWriter(CHUNK_BYTES + ROOM);
  function* write(column: Column): Generator<Uint8Array, void, undefined> {
    out.number(lengthOf(column));
    for (let i = 0; i < column.count; i++) {
      out.number(column.valueAt(i));
      if (out.length >= CHUNK_BYTES) yield out.take();
    }
  }
  out.block(new TextEncoder().encode(JSON.stringify(facts)));
  out.number(paths);
  out.number(items);
  out.number(names.length);
  for (const column of before) yield* write(column);
  out.number(names.length);
  yield out.take();
  yield names;
  for (const column of after) yield* write(column);
  yield out.take();
}

/** Room for a last number. */
const ROOM = 16;

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
