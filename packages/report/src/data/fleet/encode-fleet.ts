import { FLEET_REPORT_VERSION, type FleetFacts } from './fleet-facts.js';

/** Marks rows that are stored by column, which compresses better. */
const COLUMNS = '$';

/** Returns a report about a fleet as bytes. `decodeFleet` reads them. */
export function encodeFleet(facts: FleetFacts): Uint8Array {
  const text = JSON.stringify(facts, (_, value: unknown) => (isRows(value) ? byColumn(value) : value));
  return new TextEncoder().encode(text);
}

/** Reads what `encodeFleet` wrote. Throws an Error for data of another version. */
export function decodeFleet(bytes: Uint8Array): FleetFacts {
  const facts: FleetFacts = JSON.parse(new TextDecoder().decode(bytes), (_, value: unknown) =>
    isColumns(value) ? byRow(value[COLUMNS]) : value,
  );
  if (facts.version !== FLEET_REPORT_VERSION)
    throw new Error(`the data of the report has version ${facts.version}`);
  return facts;
}

type Row = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, readonly unknown[]>>;

function isRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null;
}

function byColumn(rows: readonly Row[]): { readonly [COLUMNS]: Columns } {
  const names = Object.keys(rows[0] ?? {});
  return { [COLUMNS]: Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) };
}

function isColumns(value: unknown): value is { readonly [COLUMNS]: Columns } {
  return typeof value === 'object' && value !== null && COLUMNS in value;
}

function byRow(columns: Columns): Row[] {
  const entries = Object.entries(columns);
  const length = entries[0]?.[1].length ?? 0;
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[i]])),
  );
}
