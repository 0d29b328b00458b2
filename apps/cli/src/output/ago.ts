const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Returns how long ago a time is, as docker prints it: `3 weeks ago`, `About an hour ago`. Empty for an invalid time.
 *
 * @param time in RFC 3339
 * @param now milliseconds since 1970
 */
export function ago(time: string, now: number): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return '';
  return `${duration(Math.max(0, (now - then) / 1000))} ago`;
}

/** Seconds in words, rounded as docker's client rounds them (go-units, HumanDuration). */
function duration(seconds: number): string {
  if (seconds < 1) return 'Less than a second';
  if (seconds < 2) return '1 second';
  if (seconds < MINUTE) return `${Math.floor(seconds)} seconds`;
  const minutes = Math.floor(seconds / MINUTE);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / HOUR + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(seconds / HOUR / 24 / 365)} years`;
}
