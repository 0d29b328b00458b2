import { counted } from '../lines/counted.js';
import type { Format } from '../lines/format.js';
import { fitLine, type Line, span } from '../lines/line.js';
import { wrapLines } from '../panes/details.js';
import { layersPane } from '../panes/layers-pane.js';
import { paneTitle, treePane } from '../panes/tree-pane.js';
import type { ExploredImage } from '../state/image.js';
import { aboutSelection, type Selected } from './about.js';
import { panesLayout } from './panes-layout.js';

/** Returns the panes, and the details below them. */
export function panesLines(selected: Selected, width: number, height: number): Line[] {
  const { format, focus, image, layers, tree } = selected;
  const { isWide, left, rows, details: detailRows } = panesLayout(width, height);
  const details = detailLines(selected, width, detailRows);
  layers.setHeight(rows - 2);
  tree.setHeight(rows - 2);
  const title = treeTitle(selected);
  if (!isWide) {
    const shown =
      focus === 'layers'
        ? layersPane(image, layers, width, rows, true, format)
        : treePane(tree, title, width, rows, true, format);
    return [...shown, ...details];
  }
  const right = width - left - 1;
  const [a, b] = [
    layersPane(image, layers, left, rows, focus === 'layers', format),
    treePane(tree, title, right, rows, focus === 'tree', format),
  ];
  const border = span(format.unicode ? '│' : '|', 'dim');
  return [...a.map((line, i) => [...line, border, ...(b[i] ?? [])]), ...details];
}

function detailLines(selected: Selected, width: number, rows: number): Line[] {
  if (rows === 0) return [];
  const { format, focus } = selected;
  const lines = wrapLines(
    aboutSelection(selected, { lines: rows, characters: width * rows }),
    width - 2,
    format,
  );
  const isCut = lines.length > rows - 1;
  const more = isCut ? ` - ${focus === 'tree' ? 'i' : 'Enter'} shows all` : '';
  return [
    paneTitle(`Details${more}`, false, width, format),
    ...Array.from({ length: rows - 1 }, (_, i) => fitLine([span(` ${lines[i] ?? ''}`)], width, format)),
  ];
}

function treeTitle({ layers, tree, format }: Selected): string {
  const { from, to, marks } = layers.range;
  const { filter, request, changesOnly, isWorking } = tree;
  const parts: string[] = [];
  if (request.measure === 'wasted')
    parts.push(`wasted bytes ${!marks ? 'of the image' : layersText(from, to)}`);
  else if (!marks) parts.push('of the image');
  else if (from === to) parts.push(`after layer ${to}${changesOnly ? ', its changes' : ''}`);
  else parts.push(`after layer ${to}, ${changesOnly ? 'changes' : 'marks'} since layer ${from}`);
  if (request.sort !== 'size') parts.push(`by ${request.sort}`);
  if (filter.text !== '') parts.push(`filter ${format.text(filter.text)}`);
  if (tree.tree !== null && request.filter !== tree.tree.request.filter) parts.push('…');
  else if (tree.tree !== null && filter.text !== '') parts.push(`${tree.tree.totals.selectedCount} paths`);
  if (isWorking) parts.push(format.unicode ? '…' : '...');
  return parts.join('  ');
}

function layersText(from: number, to: number): string {
  return from === to ? `of layer ${to}` : `of layers ${from} to ${to}`;
}

/** Returns the name of the image, and its most important figures. */
export function panesTitle(image: ExploredImage, width: number, format: Format): string {
  const name = format.text(image.title.slice(0, 4 * width));
  const { length } = image.layers;
  const facts = [
    ...(image.readLayers < length ? [`${image.readLayers} of ${counted(length, 'layer')} read`] : []),
    `${format.bytes(image.rootfsBytes)} in ${counted(image.files, 'file')}`,
    counted(image.layers.length, 'layer'),
    `wasted ${format.bytes(image.wastedBytes)}`,
    `efficiency ${format.share(image.efficiency)}`,
  ];
  // The name is more important than the last facts.
  const least = Math.min(format.width(name), Math.floor(width / 2));
  while (facts.length > 1 && format.width(facts.join(', ')) + least + 4 > width) facts.pop();
  const shown = facts.join(', ');
  const room = width - format.width(shown) - 4;
  return room < 12 ? name : `${format.cutEnd(name, room)}  ${shown}`;
}
