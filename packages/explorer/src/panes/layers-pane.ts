import type { Format } from '../lines/format.js';
import { alignRight, fitLine, type Line, restyled, span } from '../lines/line.js';
import type { ExploredImage } from '../state/image.js';
import type { LayerState } from '../state/layer-state.js';
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
  const showsWasted = width >= WASTED_FROM;
  const cells = (position: string, size: string, wasted: string): string =>
    `${alignRight(position, 3, format)}${alignRight(size, 9, format)}${showsWasted ? alignRight(wasted, 9, format) : ''}  `;
  const lines: Line[] = [
    paneTitle('Layers', isFocused, width, format),
    fitLine([span(`  ${cells('#', 'Content', 'Wasted')}Instruction`, 'dim')], width, format),
  ];
  const count = height - lines.length;
  const unread = format.unicode ? '…' : '...';
  for (let i = 0; i < count; i++) {
    const row = state.top + i;
    const layer = image.layers[row - 1];
    const isCursor = row === state.row;
    let text = '';
    if (row === 0)
      text = `${cells('all', format.bytes(image.rootfsBytes), format.bytes(image.wastedBytes))}final file system`;
    else if (layer !== undefined) {
      const size =
        row <= image.readLayers
          ? cells(String(row - 1), format.bytes(layer.contentBytes), format.bytes(layer.wastedBytes))
          : cells(String(row - 1), unread, unread);
      text =
        size + format.cutEnd(format.instruction((layer.instruction ?? '').slice(0, MOST_INSTRUCTION)), width);
    }
    const sign = isCursor ? '>' : ' ';
    const mark = state.isMarked(row - 1) ? '*' : ' ';
    const line = fitLine([span(`${sign}${mark}${text}`)], width, format);
    lines.push(isCursor ? restyled(line, isFocused ? 'selected' : 'bold') : line);
  }
  return lines;
}
