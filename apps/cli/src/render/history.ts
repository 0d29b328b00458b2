import type { HistoryDocument, HistoryStep } from '@layers/core/analysis';
import { escapeForTerminal } from '../output/escape.js';
import { setTime, shortDigest, shortTime } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { instructionCell } from './instruction.js';

/** Renders the build steps of an image with their layers, newest first as docker history prints them. */
export function* renderHistory({ history }: HistoryDocument, view: View): Generator<string> {
  const columns = [
    { title: '#', align: 'right' },
    { title: 'diff id', omit: 2 },
    { title: 'created', omit: 1 },
    { title: 'content', align: 'right' },
    { title: 'stored', align: 'right', omit: 4 },
    { title: 'instruction', cut: 'end', least: 24 },
    { title: 'comment', cut: 'end', least: 8, omit: 3 },
  ] as const;
  const rows = history.map((step) => stepRow(step, view));
  yield* table(view, columns, rows);
  if (history.some(({ contentBytes }) => contentBytes === null)) yield '\nlayers not read: add --layers\n';
}

function stepRow(step: HistoryStep, view: View): (Cell | string)[] {
  const { layer, created, contentBytes, storedBytes, diffId, instruction, createdBy, comment } = step;
  const time = setTime(created);
  const size = (bytes: number | null): Cell => ({
    text: bytes === null ? '?' : view.bytes(bytes),
    ...(layer === null ? { paint: view.colours.dim } : {}),
  });
  return [
    layer === null ? '-' : String(layer),
    diffId === null ? '' : escapeForTerminal(shortDigest(diffId)),
    time === null ? '' : escapeForTerminal(shortTime(time)),
    size(contentBytes),
    size(storedBytes),
    instructionCell(instruction ?? createdBy, view),
    instructionCell(comment, view),
  ];
}
