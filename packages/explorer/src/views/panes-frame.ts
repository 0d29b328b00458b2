import { counted } from '../lines/counted.js';
import type { Format } from '../lines/format.js';
import { fitLine, type Line, span } from '../lines/line.js';
import { signedBytes } from '../panes/attributes.js';
import { wrapLines } from '../panes/details.js';
import { layersPane } from '../panes/layers-pane.js';
import { paneTitle, treePane } from '../panes/tree-pane.js';
import { type ExploredImage, type ExploredPair, layerName, layersName } from '../state/image.js';
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

/** Returns what the tree shows: layers, order, filter. */
export function treeTitle({ image, layers, tree, format }: Selected): string {
  const { from, to, marks, differences } = layers.range;
  const name = (layer: number): string => layerName(image, layer);
  const { filter, request, changesOnly, isWorking } = tree;
  const parts: string[] = [];
  if (request.measure === 'wasted') {
    const layer = from === to ? `of ${name(to)}` : `of ${layersName(image, layers.range)}`;
    const all = image.pair === undefined ? 'of the image' : 'of B';
    parts.push(`wasted bytes ${layers.layer === null ? all : layer}`);
  } else if (!marks) parts.push('of the image');
  else if (differences !== undefined)
    parts.push(
      layers.layer === null && image.pair !== undefined && !layers.isMarked(to)
        ? 'of B, compared with A'
        : `after ${name(to)}, compared with ${name(from - 1)}`,
    );
  else if (from === to) parts.push(`after ${name(to)}${changesOnly ? ', its changes' : ''}`);
  else if (changesOnly) parts.push(`changed by ${layersName(image, layers.range)}`);
  else parts.push(`after ${name(to)}, marked by ${layersName(image, layers.range)}`);
  if (request.sort !== 'size') parts.push(`by ${request.sort}`);
  if (filter.text !== '') parts.push(`filter ${format.text(filter.text)}`);
  if (tree.tree !== null && request.filter !== tree.tree.request.filter) parts.push('…');
  else if (tree.tree !== null && filter.text !== '')
    parts.push(counted(tree.tree.totals.selectedCount, 'path'));
  if (isWorking) parts.push(format.unicode ? '…' : '...');
  return parts.join('  ');
}

/** Returns the name of the image, and its most important figures. */
export function panesTitle(image: ExploredImage, width: number, format: Format): string {
  const name = format.text(image.title.slice(0, 4 * width));
  const { length } = image.layers;
  const facts =
    image.pair !== undefined
      ? pairFacts(image, image.pair, format)
      : [
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

function pairFacts(
  { layers }: ExploredImage,
  { growthBytes, added, changed, deleted }: ExploredPair,
  format: Format,
): string[] {
  const shared = layers.filter(({ isShared }) => isShared === true).length / 2;
  return [
    signedBytes(growthBytes, format),
    `+${added} ~${changed} -${deleted}`,
    `${counted(shared, 'layer')} shared`,
  ];
}
