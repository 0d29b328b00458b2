import prettyBytes from 'pretty-bytes';

/** Formats bytes as docker does: SI units, three significant digits, `5.61 MB`. */
export function humanBytes(bytes: number): string {
  return prettyBytes(bytes);
}

/** Formats an exact number of bytes. */
export function exactBytes(bytes: number): string {
  return String(bytes);
}

/** Formats a share as `98.7 %`, rounded down, so that only 1 is shown as 100.0 %. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

/** Returns the first twelve hexadecimal digits of a digest, as docker shows ids; other text unchanged. */
export function shortDigest(digest: string): string {
  const match = /^[a-z0-9]+:([0-9a-f]{12})[0-9a-f]*$/.exec(digest);
  return match?.[1] ?? digest;
}

/** Formats a time in RFC 3339 as `2026-11-21 02:36:41Z`; returns other text unchanged. */
export function shortTime(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(time);
  if (match === null) return time;
  const [, date, clock, zone] = match;
  return `${date} ${clock}${zone?.toUpperCase()}`;
}

/** Returns a time in RFC 3339; null for none, and for the zero time of Go, which builders write where they set none. */
export function setTime(time: string | null): string | null {
  return time === null || /^0001-01-01T00:00:00(?:\.0+)?Z$/.test(time) ? null : time;
}

const LAST_DATE_SECONDS = 8.64e12;

/** Formats seconds since 1970 as `2026-11-21 02:36` in UTC; a number that is not a date stays a number. */
export function shortDate(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > LAST_DATE_SECONDS) return `@${seconds}`;
  return new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, -8);
}

/** Joins lines: replaces every run of white space by one space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `1 file`, `2 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
