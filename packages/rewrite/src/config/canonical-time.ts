/**
 * RFC 3339, and other forms in labels: a date alone, a space instead of the T, no zone, which means UTC (`build-date` of Red
 * Hat and CentOS).
 */
const TIME =
  /^([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?$/;

/**
 * Returns a time in whole seconds of UTC, such as `2024-01-31T12:00:00Z`, limited to `latest`. Returns a text that is not a
 * time unchanged.
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
  const formatted = date.toISOString();
  // A zone may move a time out of the years with four digits.
  return formatted.length === '2024-01-31T12:00:00.000Z'.length ? formatted.replace('.000Z', 'Z') : text;
}
