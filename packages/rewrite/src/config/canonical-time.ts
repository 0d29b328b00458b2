/**
 * RFC 3339, and what else labels hold: a date alone, a space for the T, no zone, which then is UTC (Red Hat's and CentOS's
 * `build-date`).
 */
const TIME =
  /^([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?$/;

/**
 * A time in whole seconds of UTC, such as `2024-01-31T12:00:00Z`, and none later than `latest`. A text that is no time is
 * given back as it is.
 *
 * @param latest seconds since 1970
 */
export function canonicalTime(text: string, latest: number): string {
  const [, year, month, day, time = '00:00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (year === undefined) return text;
  const shift = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${year}-${month}-${day}T${time}${shift}`);
  if (Number.isNaN(milliseconds)) return text;
  const date = new Date(Math.min(milliseconds, latest * 1000));
  const told = date.toISOString();
  // A zone may move a time out of the years that four digits tell.
  return told.length === '2024-01-31T12:00:00.000Z'.length ? told.replace('.000Z', 'Z') : text;
}
