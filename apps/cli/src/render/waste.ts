import type { WasteDocument } from '@layers/core/analysis';
import { percent } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';
import { wasteTable } from './waste-table.js';

/** Renders wasted contents, the sums by cause, and the layers that stored or removed them. */
export function* renderWaste(document: WasteDocument, view: View): Generator<string> {
  const { source, image, totals, waste, wastedBytesByCause: wasteByCause, findings } = document;
  const wasted = [
    `${view.bytes(totals.wastedBytes)} of ${view.bytes(totals.contentBytes)}`,
    `efficiency ${percent(totals.efficiency)}`,
  ];
  const causes = Object.entries(wasteByCause)
    .filter(([, bytes]) => bytes > 0)
    .map(([cause, bytes]) => `${cause} ${view.bytes(bytes)}`);
  const facts = [{ label: 'wasted', parts: wasted }];
  if (causes.length > 0) facts.push({ label: 'causes', parts: causes });
  yield* imageHeading(source, image, facts, view);
  if (waste.length > 0) {
    yield '\n';
    yield* wasteTable(waste, view);
    yield `\n${view.colours.bold('Layers')}\n`;
    yield* layerSums(document, view);
  }
  yield* findingsSection(findings, view);
}

interface LayerSum {
  stored: number;
  lost: number;
  instruction: string | null;
}

/** Renders for each layer the wasted bytes that it stores, and those that it caused. */
function layerSums({ waste }: WasteDocument, view: View): Generator<string> {
  const sums = new Map<number, LayerSum>();
  const sumOf = (index: number, instruction: string | null): LayerSum => {
    const sum = sums.get(index) ?? { stored: 0, lost: 0, instruction };
    sums.set(index, sum);
    return sum;
  };
  for (const item of waste) {
    sumOf(item.layer, item.storedBy).stored += item.sizeBytes;
    sumOf(item.unreachableFromLayer, item.unreachableBy).lost += item.sizeBytes;
  }
  const columns = [
    { title: '#', align: 'right' },
    { title: 'wasted (stored here)', align: 'right' },
    { title: 'wasted (caused here)', align: 'right' },
    { title: 'instruction', cut: 'end', least: 16 },
  ] as const;
  const rows = [...sums]
    .sort(([a], [b]) => a - b)
    .map(([index, { stored, lost, instruction }]): (Cell | string)[] => [
      String(index),
      { text: view.bytes(stored), ...(stored > 0 ? { paint: view.colours.yellow } : {}) },
      view.bytes(lost),
      instructionCell(instruction, view),
    ]);
  return table(view, columns, rows, { indent: 1 });
}
