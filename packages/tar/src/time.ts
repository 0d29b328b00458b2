/** A time as tar stores it: whole seconds since 1970 (rounded down) and the nanoseconds above them. */
export interface TarTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const DECIMAL = /^([+-]?)(\d{1,16})(?:\.(\d*))?$/;

/** Parses a PAX time such as `-1.5` (POSIX pax, "Extended Header File Times"). Returns null for any other text. */
export function parseTime(text: string): TarTime | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const seconds = Number(whole);
  if (!Number.isSafeInteger(seconds)) return null;
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (sign !== '-') return { seconds, nanoseconds };
  if (nanoseconds === 0) return { seconds: seconds === 0 ? 0 : -seconds, nanoseconds: 0 };
  if (seconds === Number.MAX_SAFE_INTEGER) return null;
  return { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}

/** Formats a time as PAX text, without trailing zeros. */
export function formatTime({ seconds, nanoseconds }: TarTime): string {
  if (nanoseconds === 0) return String(seconds);
  const negative = seconds < 0;
  const whole = negative ? -seconds - 1 : seconds;
  const rest = negative ? 1e9 - nanoseconds : nanoseconds;
  return `${negative ? '-' : ''}${whole}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
}
