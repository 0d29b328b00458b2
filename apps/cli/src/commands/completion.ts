import type { Command } from 'commander';
import { usageError } from '../command-error.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { grammarOf } from '../completion/grammar.js';
import { zshCompletion } from '../completion/zsh.js';
import { ExitStatus } from '../exit-status.js';
import { writeText } from '../output/write-out.js';
import type { CommonFlags, Session } from '../session.js';

const WRITERS = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);

/** Runs `layers completion`: prints a static script made from the grammar of the command line. */
export async function completion(
  shell: string,
  _: CommonFlags,
  session: Session,
  describeAll: () => Command,
): Promise<ExitStatus> {
  const write = WRITERS.get(shell);
  if (write === undefined) {
    throw usageError(`no completion for ${shell}`, `choose one of ${[...WRITERS.keys()].join(', ')}`);
  }
  await writeText(session.stdout, [write(grammarOf(describeAll()))], session.signal);
  return ExitStatus.done;
}
