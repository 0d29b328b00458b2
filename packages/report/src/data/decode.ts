import { ByteReader } from './byte-reader.js';
import { REPORT_VERSION, type ReportColumns, type ReportData, type ReportFacts } from './report-data.js';

/** Reads what `encodeReport` wrote. Throws an Error for data of another version. */
export function decodeReport(bytes: Uint8Array): ReportData {
  const input = new ByteReader(bytes);
  const facts: ReportFacts = JSON.parse(new TextDecoder().decode(input.block()));
  if (facts.version !== REPORT_VERSION)
    throw new Error(`the data of the report has version ${facts.version}`);
  const paths = input.number();
  const items = input.number();
  input.number();
  const columns: ReportColumns = {
    paths,
    parent: parents(paths, new ByteReader(input.block())),
    nameStart: nameStarts(paths, new ByteReader(input.block())),
    names: input.block(),
    owner: numbers(new Int32Array(paths), input.block()),
    items,
    path: sums(new Int32Array(items), input.block()),
    layer: numbers(new Int32Array(items), input.block(), 1),
    change: numbers(new Uint8Array(items), input.block()),
    type: numbers(new Uint8Array(items), input.block()),
    bytes: numbers(new Float64Array(items), input.block()),
    bytesBefore: numbers(new Float64Array(items), input.block()),
    waste: numbers(new Uint8Array(items), input.block()),
    wastedBy: numbers(new Int32Array(items), input.block(), 1),
    attributes: numbers(new Int32Array(items), input.block()),
  };
  return { facts, columns };
}

function parents(count: number, input: ByteReader): Int32Array {
  const parent = new Int32Array(count);
  for (let path = 0; path < count; path++) {
    let above = path - 1;
    for (let levels = input.number(); levels > 0; levels--) above = parent[above] ?? 0;
    parent[path] = above;
  }
  return parent;
}

function nameStarts(count: number, input: ByteReader): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let start = 0;
  for (let path = 0; path < count; path++) {
    start += input.number();
    starts[path + 1] = start;
  }
  return starts;
}

function numbers<Column extends Int32Array | Uint8Array | Float64Array>(
  values: Column,
  block: Uint8Array,
  offset = 0,
): Column {
  const input = new ByteReader(block);
  for (let i = 0; i < values.length; i++) values[i] = input.number() - offset;
  return values;
}

/** Adds up differences. */
function sums(values: Int32Array, block: Uint8Array): Int32Array {
  const input = new ByteReader(block);
  let value = 0;
  for (let i = 0; i < values.length; i++) {
    value += input.number();
    values[i] = value;
  }
  return values;
}
