const UNITS = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'us'],
] as const;

/** Formats a time with three significant digits: `12.3 ms`, `1.5 s`, and `µs` with Unicode. */
export function shortSeconds(seconds: number, unicode: boolean): string {
  const [unit, name] = UNITS.find(([least]) => seconds >= least) ?? [1e-6, 'us'];
  return `${threeDigits(seconds / unit)} ${name === 'us' && unicode ? 'µs' : name}`;
}

const THOUSANDS = ['', ' k', ' M', ' G', ' T'];

/** Formats a count with three significant digits: `118`, `2.35 M`. */
export function shortCount(count: number): string {
  let value = count;
  let power = 0;
  while (value >= 999.5 && power < THOUSANDS.length - 1) {
    value /= 1000;
    power++;
  }
  return `${threeDigits(value)}${THOUSANDS[power]}`;
}

function threeDigits(value: number): string {
  return value >= 999.5 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
