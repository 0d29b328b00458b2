import type { LayerReference, LayersDiff } from '@layers/core/diff';
import { escapeForTerminal } from '../../output/escape.js';
import { shortDigest } from '../../output/format.js';
import { type Cell, table } from '../../output/table.js';
import type { View } from '../../output/view.js';
import { instructionCell } from '../instruction.js';
import { MARKS, painterOf } from './marks.js';
import { omittedNote, sectionHead } from './section.js';

/** Renders the layers of both images, of one image only, and those with the same content in different bytes. */
export function* renderLayers(layers: LayersDiff, top: number, view: View): Generator<string> {
  const { shared, sameTree, onlyInA, onlyInB } = layers;
  const recompressed = shared.filter((layer) => layer.compressionA !== layer.compressionB);
  const parts = [
    ...(shared.length === 0
      ? []
      : [`${shared.length} shared (${view.bytes(sum(shared.map((layer) => layer.storedBytesB)))})`]),
    ...(recompressed.length === 0 ? [] : [`${recompressed.length} of them compressed differently`]),
    ...(sameTree.length === 0 ? [] : [`${sameTree.length} with the same content, packaged differently`]),
    ...only('A', onlyInA, view),
    ...only('B', onlyInB, view),
  ];
  const same = sameTree.length + onlyInA.length + onlyInB.length === 0;
  yield* sectionHead(
    'Layers',
    same ? ['the same', ...parts.slice(shared.length === 0 ? 0 : 1)] : parts,
    view,
  );
  const rows = [
    ...onlyInA.map((layer) => ({ at: layer.layer, cells: layerRow('removed', layer, '', view) })),
    ...onlyInB.map((layer) => ({ at: layer.layer, cells: layerRow('added', layer, '', view) })),
    ...sameTree.map(({ a, b, differs }) => ({
      at: b.layer,
      cells: layerRow('changed', b, rewrittenText(a, b, differs), view),
    })),
  ].sort((a, b) => a.at - b.at);
  const shown = view.truncate ? rows.slice(0, top) : rows;
  const columns = [
    { title: '' },
    { title: '', align: 'right' },
    { title: '', omit: 1 },
    { title: '', align: 'right' },
    { title: '', cut: 'end', least: 24 },
  ] as const;
  yield* table(
    view,
    columns,
    shown.map(({ cells }) => cells),
    { titles: false, indent: 1 },
  );
  yield* omittedNote(rows.length - shown.length, view);
}

function only(name: 'A' | 'B', layers: readonly LayerReference[], view: View): string[] {
  if (layers.length === 0) return [];
  const paint = painterOf(name === 'A' ? 'removed' : 'added', view);
  return [
    paint(`${layers.length} only in ${name} (${view.bytes(sum(layers.map((layer) => layer.storedBytes)))})`),
  ];
}

function layerRow(
  kind: 'added' | 'removed' | 'changed',
  layer: LayerReference,
  note: string,
  view: View,
): (Cell | string)[] {
  const paint = painterOf(kind, view);
  const instruction = instructionCell(layer.instruction, view);
  return [
    { text: MARKS[kind], paint },
    String(layer.layer),
    {
      text: layer.diffId === null ? '?' : escapeForTerminal(shortDigest(layer.diffId)),
      paint: view.colours.dim,
    },
    view.bytes(layer.storedBytes),
    [note, instruction].filter((text) => text !== '').join('  '),
  ];
}

/** `same files (mtime, order) as A's 2`. */
function rewrittenText(a: LayerReference, b: LayerReference, differs: readonly string[]): string {
  const compression =
    a.compression === b.compression ? [] : [`${a.compression ?? 'raw'} -> ${b.compression ?? 'raw'}`];
  const notes = [...compression, ...differs];
  return `same files as A's ${a.layer}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
