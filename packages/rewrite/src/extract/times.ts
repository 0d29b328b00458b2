/**
 * A time in the form in which Node's `utimes` functions take it without loss: text, since they take negative numbers
 * for "now". Node counts in doubles of seconds and some versions cut at the microsecond, so the number is chosen as
 * the nearest one that is still within the right microsecond: times are exact to the microsecond, those of whole
 * seconds exact.
 *
 * @param seconds since 1970, rounded down
 * @param nanoseconds above them
 */
export function utimesText(seconds: number, nanoseconds: number): string {
  const nearest = seconds + nanoseconds / 1e9;
  const wanted = Math.floor(nanoseconds / 1000);
  const found = Math.floor((nearest - seconds) * 1e6);
  if (nanoseconds === 0 || nearest === 0 || found === wanted) return String(nearest);
  const step = 2 ** (Math.floor(Math.log2(Math.abs(nearest))) - 52);
  return String(found < wanted ? nearest + step : nearest - step);
}
