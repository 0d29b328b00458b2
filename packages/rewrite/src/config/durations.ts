/** How many nanoseconds a unit has, as Go's `time.ParseDuration` names them. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const PART = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/y;

/** The nanoseconds of `1m30s` as Go writes durations; undefined for what is none, or is negative. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let sum = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const [part, count, unit] = PART.exec(text) ?? [];
    if (part === undefined) return undefined;
    sum += Number(count) * (UNITS.get(unit ?? '') ?? 0);
    at += part.length;
  }
  const whole = Math.round(sum);
  return at > 0 && Number.isSafeInteger(whole) ? whole : undefined;
}
