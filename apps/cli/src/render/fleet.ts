import type { QueryColumn, ResultValue } from '@layers/fleet';
import type {
  FleetEnqueueDocument,
  FleetMergeDocument,
  FleetScanDocument,
  FleetWorkerDocument,
} from '../documents/fleet.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import { shellWord } from '../output/shell-word.js';
import { table } from '../output/table.js';
import type { View } from '../output/view.js';

/** Renders what a scan found, and what to do next. */
export function* renderFleetScan(document: FleetScanDocument, view: View): Generator<string> {
  const { fleet, sources, unchangedSources, images, newImages, newLayers, chunkedLayers, problems } =
    document;
  yield `fleet     ${escapeForTerminal(fleet)}\n`;
  yield `sources   ${sources}, of which ${unchangedSources} unchanged\n`;
  yield `images    ${images}, of which ${newImages} new, with ${counted(newLayers, 'new layer')}\n`;
  if (chunkedLayers > 0) yield `chunks    of ${counted(chunkedLayers, 'layer')}\n`;
  yield* problemLine(fleet, problems, view);
}

/** Renders what a merge wrote. */
export function* renderFleetMerge(document: FleetMergeDocument, view: View): Generator<string> {
  const { fleet, sources, images, layers, problems } = document;
  yield `fleet     ${escapeForTerminal(fleet)}\n`;
  yield `sources   ${sources}\n`;
  yield `images    ${images}, with ${counted(layers, 'layer')}\n`;
  yield* problemLine(fleet, problems, view);
}

/** Renders what was added to a queue. */
export function* renderFleetEnqueue({ sources, queued }: FleetEnqueueDocument): Generator<string> {
  yield `sources   ${sources} added, ${queued} in the queue\n`;
}

/** Renders what a worker did. */
export function* renderFleetWorker(document: FleetWorkerDocument, view: View): Generator<string> {
  const { fleet, sources, newImages, newLayers, problems } = document;
  yield `fleet     ${escapeForTerminal(fleet)}\n`;
  yield `sources   ${sources} read\n`;
  yield `images    ${newImages} new, with ${counted(newLayers, 'new layer')}\n`;
  yield* problemLine(fleet, problems, view);
}

function* problemLine(fleet: string, problems: number, view: View): Generator<string> {
  if (problems === 0) return;
  const command = ['layers', 'fleet', 'problems', ...(fleet === 'fleet' ? [] : ['--fleet', fleet])]
    .map(shellWord)
    .join(' ');
  const text = `${counted(problems, 'problem')}: ${escapeForTerminal(command)}`;
  yield `${view.colours.yellow(text)}\n`;
}

/**
 * Renders rows as a table.
 *
 * @param hasUnits whether columns whose names end in `_bytes` are shown as sizes
 */
export function renderFleetRows(
  columns: readonly QueryColumn[],
  rows: readonly (readonly ResultValue[])[],
  view: View,
  hasUnits: boolean,
): Iterable<string> {
  const isSize = columns.map(({ name }) => hasUnits && name.endsWith('_bytes'));
  const shown = columns.map(({ name, type }) => {
    const title = escapeForTerminal(hasUnits ? name.replaceAll('_', ' ') : name);
    return isNumber(type) ? { title, align: 'right' as const } : { title, cut: 'middle' as const, least: 8 };
  });
  return table(
    view,
    shown,
    rows.map((row) =>
      row.map((value, i) =>
        isSize[i] === true && typeof value === 'number' ? view.bytes(value) : textOf(value),
      ),
    ),
  );
}

function textOf(value: ResultValue): string {
  if (value === null) return '-';
  return escapeForTerminal(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function isNumber(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL\b.*)$/.test(type);
}
