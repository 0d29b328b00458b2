import { ExitStatus } from '../exit-status.js';
import { escapeLinesForTerminal } from '../output/escape.js';
import { writeText } from '../output/write-out.js';
import type { Session } from '../session.js';

/** Writes the text of a template: as it is into a pipe, and escaped to a terminal. */
export async function writeTemplateText(text: string, { stdout, signal }: Session): Promise<ExitStatus> {
  await writeText(stdout, [stdout.isTTY === true ? escapeLinesForTerminal(text) : text], signal);
  return ExitStatus.done;
}
