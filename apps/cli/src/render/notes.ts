import { escapeForTerminal } from '../output/escape.js';

/** How many findings are told. */
const MOST_LINES = 10;

/** What was odd, a line each, for standard error. */
export function* notes(
  findings: readonly { readonly path: string | null; readonly message: string }[],
): Generator<string> {
  for (const { path, message } of findings.slice(0, MOST_LINES)) {
    const where = path === null ? '' : `${escapeForTerminal(path)}: `;
    yield `note: ${where}${escapeForTerminal(message)}\n`;
  }
  const more = findings.length - MOST_LINES;
  if (more > 0) yield `note: and ${more} more such notes; --json lists all\n`;
}
