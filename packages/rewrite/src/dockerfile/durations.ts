/** The units of a duration, with the length of each. */
export type DurationUnits = ReadonlyMap<string, number>;

/** The units of Go's `time.ParseDuration`, in nanoseconds. */
const GO_UNITS_NS: DurationUnits = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const PART = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([a-zµμ]+)/y;

/** Parses a duration such as `1m30s`. Returns its length in the scale of `units`; undefined for any other text. */
export function parseDuration(text: string, units: DurationUnits): number | undefined {
  let sum = 0;
  let position = 0;
  while (position < text.length) {
    PART.lastIndex = position;
    const [part, count, unit = ''] = PART.exec(text) ?? [];
    const length = units.get(unit);
    if (part === undefined || length === undefined) return undefined;
    sum += Number(count) * length;
    position += part.length;
  }
  return position > 0 && Number.isFinite(sum) ? sum : undefined;
}

/**
 * Parses a duration in the syntax of Go's `time.ParseDuration`, as HEALTHCHECK has them. Returns whole nanoseconds;
 * undefined for any other text, a negative duration, or one above 2^53 ns.
 */
export function parseDurationNs(text: string): number | undefined {
  if (text === '0') return 0;
  const sum = parseDuration(text, GO_UNITS_NS);
  const whole = sum === undefined ? Number.NaN : Math.round(sum);
  return Number.isSafeInteger(whole) ? whole : undefined;
}
