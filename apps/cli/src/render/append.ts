import type { AppendPlan } from '@layers/rewrite/append';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';
import { notes } from './notes.js';

/** Renders the contents of a new layer in one line, and the findings about what was added. */
export function* renderAppended(plan: AppendPlan, isAdded: boolean, view: View): Generator<string> {
  if (!isAdded) {
    yield 'note: the image has all of it: no layer is added\n';
    yield* notes(plan.findings);
    return;
  }
  const { files, directories, symlinks, others, deleted, unchanged, contentBytes } = plan;
  const parts = [
    `${counted(files, 'file')} (${view.bytes(contentBytes)})`,
    counted(directories, 'directory', 'directories'),
    ...(symlinks > 0 ? [counted(symlinks, 'symlink')] : []),
    ...(others > 0 ? [counted(others, 'device or FIFO', 'devices and FIFOs')] : []),
    ...(deleted > 0 ? [`${counted(deleted, 'path')} deleted`] : []),
    ...(unchanged > 0 ? [`${counted(unchanged, 'path')} left out as unchanged`] : []),
  ];
  yield `note: the new layer has ${parts.join(', ')}\n`;
  yield* notes(plan.findings);
}
