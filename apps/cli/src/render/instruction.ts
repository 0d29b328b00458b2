import { escapeForTerminal } from '../output/escape.js';
import { oneLine } from '../output/format.js';
import type { View } from '../output/view.js';

/** Longer instructions are truncated even without a terminal, to keep the table readable. */
const LONGEST_UNLIMITED = 100;

/** Checksums that docker prints for copied files. */
const SUMS = /\b(file|dir|multi):([0-9a-f]{7})[0-9a-f]{57}\b/g;

/** Returns the cell of an instruction: one line, escaped, and truncated unless the view shows everything. */
export function instructionCell(instruction: string | null, view: View): string {
  if (instruction === null) return '';
  if (!view.truncate) return escapeForTerminal(oneLine(instruction));
  const short = oneLine(instruction.slice(0, 10_000)).replace(SUMS, `$1:$2${view.ellipsis}`);
  const text = escapeForTerminal(short);
  if (view.width !== Number.POSITIVE_INFINITY || text.length <= LONGEST_UNLIMITED) return text;
  return text.slice(0, LONGEST_UNLIMITED - 1) + view.ellipsis;
}
