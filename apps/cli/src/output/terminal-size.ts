/** The width without a limit: nothing is truncated. */
export const UNLIMITED = Number.POSITIVE_INFINITY;

const NARROWEST = 20;

/**
 * Returns the columns for tables: COLUMNS, else the terminal's, else no limit, because output to a pipe or file is not
 * truncated.
 */
export function columnsOf(
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
): number {
  const { COLUMNS } = env;
  if (COLUMNS !== undefined && /^[1-9]\d{0,5}$/.test(COLUMNS)) return Math.max(NARROWEST, Number(COLUMNS));
  if (stream.isTTY !== true) return UNLIMITED;
  return stream.columns !== undefined && stream.columns > 0 ? Math.max(NARROWEST, stream.columns) : 80;
}

/** Whether the locale is UTF-8, by the variables and order of the C library. */
export function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}
