import type { Database } from '../engine/duckdb.js';

/**
 * A value of a result as JSON has it. Whole numbers beyond 2^53 are text, as bytes are in base64, and times in ISO 8601.
 */
export type ResultValue =
  | string
  | number
  | boolean
  | null
  | readonly ResultValue[]
  | { readonly [name: string]: ResultValue };

/** Returns a value of DuckDB as a value of a result. */
export function resultValue(value: unknown, { library }: Pick<Database, 'library'>): ResultValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof library.DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof library.DuckDBTimestampValue) return timeText(value.micros);
  if (value instanceof library.DuckDBDecimalValue) return value.toDouble();
  if (value instanceof library.DuckDBListValue || value instanceof library.DuckDBArrayValue)
    return value.items.map((item) => resultValue(item, { library }));
  if (value instanceof library.DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, item]) => [name, resultValue(item, { library })]),
    );
  }
  return String(value);
}

function timeText(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? String(micros) : date.toISOString();
}
