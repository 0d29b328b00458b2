import type { WasteDocument } from '@layers/core/analysis';
import { counted, percent } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { baseFacts } from './base-waste.js';
import { findingsSection } from './findings.js';
import { foldWaste } from './fold-waste.js';
import { type Fact, imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';
import { wasteTable } from './waste-table.js';

/** What of the wasted contents is shown. */
export interface WasteView {
  /** The most lines. */
  readonly top: number;
  /** Whether each content has a line of its own; else many of a directory share one. */
  readonly all: boolean;
}

/** Renders the sums by cause, the layers that stored or removed wasted contents, and the contents. */
export function* renderWaste(document: WasteDocument, shown: WasteView, view: View): Generator<string> {
  const { source, image, totals, base, waste, wastedBytesByCause: wasteByCause, findings } = document;
  const wasted = [
    `${view.bytes(totals.wastedBytes)} of ${view.bytes(totals.contentBytes)}`,
    `efficiency ${percent(totals.efficiency)}`,
  ];
  const causes = Object.entries(wasteByCause)
    .filter(([, bytes]) => bytes > 0)
    .map(([cause, bytes]) => `${cause} ${view.bytes(bytes)}`);
  const facts: Fact[] = [{ label: 'wasted', parts: wasted }, ...baseFacts(base, view)];
  if (causes.length > 0) facts.push({ label: 'causes', parts: causes });
  yield* imageHeading(source, image, facts, view);
  if (waste.length > 0) {
    yield `\n${view.colours.bold('Layers')}\n`;
    yield* layerSums(document, view);
    yield `\n${view.colours.bold('Files')}\n`;
    yield* fileLines(waste, shown, view);
  }
  yield* findingsSection(findings, view);
}

function* fileLines(waste: WasteDocument['waste'], { top, all }: WasteView, view: View): Generator<string> {
  const lines = all ? waste : foldWaste(waste);
  yield* wasteTable(lines.slice(0, top), view);
  const more = lines.length - top;
  if (more > 0)
    yield ` ${view.ellipsis} and ${counted(more, 'more line')}: --top ${lines.length} shows all\n`;
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
