import type { HistoryDocument, HistoryStep } from '@layers/core/analysis';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { FLAT, type ListSource } from '../list/list-source.js';
import { aboutText, bySize, rowInstruction, rowText } from './row-text.js';

const COLUMNS: ListSource['columns'] = [
  { title: 'Layer', width: 5, align: 'right', from: 0 },
  { title: 'Created', width: 20, from: 90 },
  { title: 'Content', width: 9, align: 'right', from: 0 },
  { title: 'Stored', width: 9, align: 'right', from: 60 },
  { title: 'Instruction', width: 1, grows: true, from: 0 },
];

/** Makes the rows of the build steps, the newest first, also of those without a layer. */
export function historyList({ history }: HistoryDocument, format: Format): ListSource {
  const instructionOf = ({ instruction, createdBy }: HistoryStep): string => instruction ?? createdBy ?? '';
  const bytesOf = (row: number): number => history[row]?.contentBytes ?? 0;
  return {
    ...FLAT,
    title: `History  ${counted(history.length, 'step')}, the newest first`,
    empty: 'the config has no history',
    columns: COLUMNS,
    count: history.length,
    orders: [{ name: 'time', keyOf: null }, bySize(bytesOf)],
    cells(row) {
      const step = history[row];
      if (step === undefined) return [];
      const size = (bytes: number | null): string => (bytes === null ? '?' : format.bytes(bytes));
      return [
        step.layer === null ? '-' : String(step.layer),
        rowText(step.created ?? '', format),
        size(step.contentBytes),
        size(step.storedBytes),
        rowInstruction(instructionOf(step), format),
      ];
    },
    styleOf: (row) => (history[row]?.layer === null ? 'dim' : 'plain'),
    textOf: (row) => (history[row] === undefined ? '' : instructionOf(history[row])),
    bytesOf,
    isOfLayer: (row, layer) => history[row]?.layer === layer,
    about(row) {
      const step = history[row];
      if (step === undefined) return [];
      const { layer, contentBytes, storedBytes, created, comment, author, diffId } = step;
      const sizes = `content  ${exactBytes(contentBytes ?? 0, format)}  stored ${exactBytes(storedBytes ?? 0, format)}`;
      return [
        layer === null ? 'a step without a layer' : `layer ${layer}`,
        aboutText(instructionOf(step), format),
        ...(layer === null ? [] : [sizes, `diff id  ${aboutText(diffId ?? 'unknown', format)}`]),
        ...(created === null ? [] : [`created  ${aboutText(created, format)}`]),
        ...(comment === null || comment === '' ? [] : [`comment  ${aboutText(comment, format)}`]),
        ...(author === null || author === '' ? [] : [`author   ${aboutText(author, format)}`]),
      ];
    },
    targetOf(row) {
      const layer = history[row]?.layer ?? null;
      return layer === null ? null : { layer, node: null, endedBy: null, ending: '' };
    },
  };
}
