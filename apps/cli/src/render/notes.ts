import type { Finding } from '@layers/core/findings';
import { escapeForTerminal } from '../output/escape.js';

/** How many findings are printed. */
const MOST_LINES = 10;

/** Renders findings, a line each, for standard error. */
export function* notes(findings: readonly Finding[]): Generator<string> {
  for (const { message, place } of findings.slice(0, MOST_LINES)) {
    const where = place?.path === undefined ? '' : `${escapeForTerminal(place.path)}: `;
    yield `note: ${where}${escapeForTerminal(message)}\n`;
  }
  const more = findings.length - MOST_LINES;
  if (more > 0) yield `note: and ${more} more such notes; --json lists all\n`;
}
