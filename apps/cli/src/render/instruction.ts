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
  const text = shortInstruction(instruction.slice(0, 10_000), view.ellipsis);
  if (view.width !== Number.POSITIVE_INFINITY || text.length <= LONGEST_UNLIMITED) return text;
  return text.slice(0, LONGEST_UNLIMITED - 1) + view.ellipsis;
}

/** Returns an instruction as one line, escaped, with short checksums. */
export function shortInstruction(instruction: string, ellipsis: string): string {
  return escapeForTerminal(oneLine(instruction).replace(SUMS, `$1:$2${ellipsis}`));
}
