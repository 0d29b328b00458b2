import type { ExtractDocument } from '../documents/extract.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

/** How many failures are printed. */
const MOST_LINES = 10;

/** Renders what was extracted, and what failed. */
export function* renderExtract(document: ExtractDocument, view: View): Generator<string> {
  const { output, written, notDone, notDoneCounts } = document;
  const { colours } = view;
  const parts = [
    `${counted(written.files, 'file')} (${view.bytes(written.writtenBytes)})`,
    counted(written.directories, 'directory', 'directories'),
    counted(written.symlinks, 'symlink'),
    ...(written.links > 0 ? [counted(written.links, 'hard link')] : []),
    ...(written.others > 0 ? [counted(written.others, 'device or FIFO', 'devices and FIFOs')] : []),
  ];
  yield `${colours.bold(escapeForTerminal(output.path))}  ${parts.join(', ')}\n`;
  const total = Object.values(notDoneCounts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return;
  yield `\n${colours.yellow('incomplete:')} ${counted(total, 'operation')} failed\n`;
  for (const { path, what, message } of notDone.slice(0, MOST_LINES)) {
    yield `  ${escapeForTerminal(path)}: ${what}: ${escapeForTerminal(message)}\n`;
  }
  if (total > MOST_LINES) yield `  and ${total - MOST_LINES} more; --json lists them\n`;
  if (notDoneCounts.xattr === undefined) return;
  yield `${colours.cyan('hint:')} layers export IMAGE | tar -x --xattrs --xattrs-include='*' -C DIR sets extended attributes\n`;
}

/** Renders a note about an interrupted extraction. */
export function interruptedNote(directory: string, { colours }: View): string {
  return `${colours.yellow('note:')} ${escapeForTerminal(directory)} is not complete: the extraction was interrupted\n`;
}
