import type { Format } from '../lines/format.js';
import { alignRight, fitLine, type Line, restyled, span } from '../lines/line.js';
import type { ExploredImage } from '../state/image.js';
import type { LayerState } from '../state/layer-state.js';
import { signedBytes } from './attributes.js';
import { paneTitle } from './tree-pane.js';

/** The width from which the pane shows wasted bytes. */
const WASTED_FROM = 36;

/** How much of an instruction is looked at: a hostile image has instructions of megabytes. */
const MOST_INSTRUCTION = 1000;

/** Returns the pane of the layers: a title, the titles of columns, the whole image, and each layer. */
export function layersPane(
  image: ExploredImage,
  state: LayerState,
  width: number,
  height: number,
  isFocused: boolean,
  format: Format,
): Line[] {
  const { pair } = image;
  const positionColumns = pair === undefined ? 3 : 5;
  const showsWasted = width >= WASTED_FROM;
  const cells = (position: string, size: string, wasted: string): string =>
    `${alignRight(position, positionColumns, format)}${alignRight(size, 9, format)}${showsWasted ? alignRight(wasted, 9, format) : ''}  `;
  const lines: Line[] = [
    paneTitle('Layers', isFocused, width, format),
    fitLine([span(`  ${cells('#', 'Content', 'Wasted')}Instruction`, 'dim')], width, format),
  ];
  const count = height - lines.length;
  const unread = format.unicode ? '…' : '...';
  for (let i = 0; i < count; i++) {
    const row = state.top + i;
    const position = state.layerAt(row);
    const layer = position === null ? undefined : image.layers[position];
    const isCursor = row === state.row;
    let text = '';
    if (row === 0 && pair !== undefined)
      text = `${cells('A:B', signedBytes(pair.growthBytes, format), '')}difference of A and B`;
    else if (row === 0)
      text = `${cells('all', format.bytes(image.rootfsBytes), format.bytes(image.wastedBytes))}final file system`;
    else if (layer !== undefined) {
      const label = `${layer.isShared === true ? '= ' : ''}${layer.label ?? position}`;
      const isRead = position !== null && position < image.readLayers;
      const size = isRead
        ? cells(label, format.bytes(layer.contentBytes), format.bytes(layer.wastedBytes))
        : cells(label, unread, unread);
      const base = layer.isBase === true ? 'base  ' : '';
      const instruction = format.instruction((layer.instruction ?? '').slice(0, MOST_INSTRUCTION));
      text = size + format.cutEnd(base + instruction, width);
    }
    const sign = isCursor ? '>' : ' ';
    const mark = position !== null && state.isMarked(position) ? '*' : ' ';
    const line = fitLine([span(`${sign}${mark}${text}`)], width, format);
    lines.push(isCursor ? restyled(line, isFocused ? 'selected' : 'bold') : line);
  }
  return lines;
}
