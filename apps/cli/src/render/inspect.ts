import type { BaseWaste, InspectDocument, LayerReport, Totals } from '@layers/core/analysis';
import type { ShortAdvice } from '@layers/insight/advise';
import { escapeForTerminal } from '../output/escape.js';
import { counted, percent, shortDigest } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { baseFacts } from './base-waste.js';
import { runFacts } from './config.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';
import { wasteTable } from './waste-table.js';

/** Renders an image, its layers, the most wasteful contents, the best advice, and the findings. */
export function* renderInspect(
  document: InspectDocument,
  advice: readonly ShortAdvice[],
  view: View,
): Generator<string> {
  const { source, image, totals, layers, base, waste, findings } = document;
  yield* imageHeading(
    source,
    image,
    [...runFacts(image), { label: 'size', parts: sizeParts(totals, view) }, ...baseFacts(base, view)],
    view,
  );
  yield '\n';
  yield* layerTable(layers, base, view);
  if (waste.length > 0) {
    const all = view.colours.dim(`(layers waste ${view.ellipsis} shows all)`);
    yield `\n${view.colours.bold('The most wasteful contents')} ${all}\n`;
    yield* wasteTable(waste, view);
  }
  yield* adviceSection(advice, view);
  yield* findingsSection(findings, view);
}

function* adviceSection(advice: readonly ShortAdvice[], view: View): Generator<string> {
  if (advice.length === 0) return;
  const all = view.colours.dim(`(layers advise ${view.ellipsis} shows all)`);
  yield `\n${view.colours.bold('What to change')} ${all}\n`;
  const columns = [
    { title: 'saves', align: 'right' },
    { title: 'layer', align: 'right', omit: 1 },
    { title: 'what to do', cut: 'end', least: 24 },
  ] as const;
  const rows = advice.map(({ savableBytes, layer, text }) => [
    { text: view.bytes(savableBytes), paint: view.colours.yellow },
    String(layer),
    text,
  ]);
  yield* table(view, columns, rows, { indent: 1 });
}

/** Returns bytes and counts of the whole image, with the uncompressed size if it differs from the stored size. */
export function sizeParts(totals: Totals, view: View): string[] {
  const { storedBytes, tarBytes, layers, rootfsBytes, files, wastedBytes, efficiency } = totals;
  return [
    `${view.bytes(storedBytes)} in ${counted(layers, 'layer')}`,
    ...(tarBytes === storedBytes ? [] : [`${view.bytes(tarBytes)} uncompressed`]),
    `root file system ${view.bytes(rootfsBytes)} in ${counted(files, 'file')}`,
    `wasted ${view.bytes(wastedBytes)}`,
    `efficiency ${percent(efficiency)}`,
  ];
}

function layerTable(layers: readonly LayerReport[], base: BaseWaste | null, view: View): Generator<string> {
  const checked = layers.some(({ verified }) => verified !== null);
  const columns = [
    { title: '#', align: 'right' },
    { title: 'diff id', omit: 3 },
    { title: 'stored', align: 'right' },
    { title: 'content', align: 'right', omit: 2 },
    { title: 'entries', align: 'right', omit: 4 },
    { title: '+ ~ -' },
    // With a base, what counts is who wasted it, not who stored it.
    { title: base === null ? 'wasted' : 'caused waste', align: 'right' },
    ...(checked ? [{ title: 'digests', omit: 1 }] : []),
    { title: 'instruction', cut: 'end', least: 24 },
  ] as const;
  const rows = layers.map((layer) => layerRow(layer, base, checked, view));
  return table(view, columns, rows, { indent: 1 });
}

function layerRow(
  layer: LayerReport,
  base: BaseWaste | null,
  checked: boolean,
  view: View,
): (Cell | string)[] {
  const { colours } = view;
  const isOfBase = base !== null && layer.layer < base.layers;
  const wastedBytes = base === null ? layer.wastedBytes : layer.causedWasteBytes;
  const wasted = isOfBase ? 'base' : view.bytes(wastedBytes);
  return [
    String(layer.layer),
    layer.diffId === null ? '?' : escapeForTerminal(shortDigest(layer.diffId)),
    view.bytes(layer.storedBytes),
    view.bytes(layer.contentBytes),
    String(layer.entries),
    { text: changes(layer) },
    wastedBytes > 0 && !isOfBase ? { text: wasted, paint: colours.yellow } : wasted,
    ...(checked ? [verifiedCell(layer.verified, view)] : []),
    instructionCell(layer.instruction, view),
  ];
}

/** `+501 ~3 -2`: paths added, modified and deleted. */
function changes({ added, modified, deleted }: LayerReport): string {
  const parts = [
    added > 0 ? `+${added}` : '',
    modified > 0 ? `~${modified}` : '',
    deleted > 0 ? `-${deleted}` : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function verifiedCell(verified: boolean | null, { colours }: View): Cell {
  if (verified === null) return { text: '-' };
  return verified ? { text: 'ok', paint: colours.green } : { text: 'WRONG', paint: colours.red };
}
