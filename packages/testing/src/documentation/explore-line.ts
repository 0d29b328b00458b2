import { command } from '../command.ts';
import { onTerminal } from '../pty.ts';

/** Whether a command line shows a screen, so that it needs a terminal. */
export const needsTerminal = (line: string): boolean =>
  /layers explore (?!.*--plain)|layers explore$/.test(line);

/** Runs a line of `layers explore` on a terminal, until its screen is shown, and quits. Returns the exit status. */
export async function runOnTerminal(
  line: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const prelude = `layers() { "${process.execPath}" "${command}" "$@"; }; set -o pipefail; `;
  const program = onTerminal('bash', ['-c', prelude + line], { cwd, env });
  await program.until((screen) => screen.some((each) => /\? help|q quits/.test(each)), line);
  program.type('q');
  return program.ended;
}
