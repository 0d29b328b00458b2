/** The shell that reads the variables, as in git. */
export const SHELL = '/bin/sh';

/** A line for the shell, and the name of the program for messages. */
export interface UserProgram {
  readonly line: string;
  readonly name: string;
}

/** Without PAGER: the pager that POSIX has if the usual one is missing. */
const DEFAULT_PAGER = 'if command -v less >/dev/null; then exec less; else exec more; fi';

/** Returns what `p` runs: it reads the text from standard input. Null where the user wants no pager. */
export function pagerOf({ PAGER = '' }: Readonly<Record<string, string | undefined>>): UserProgram | null {
  const pager = PAGER.trim();
  // Its output would be gone at once, and reach the terminal raw.
  if (pager === 'cat') return null;
  return pager === '' ? { line: DEFAULT_PAGER, name: 'less' } : { line: pager, name: pager };
}

/** Returns what `e` runs: its argument is a file, which is never part of the line. */
export function editorOf(env: Readonly<Record<string, string | undefined>>): UserProgram {
  const editor = [env['VISUAL'], env['EDITOR']].map((value) => value?.trim()).find(Boolean) ?? 'vi';
  return { line: `${editor} "$@"`, name: editor };
}
