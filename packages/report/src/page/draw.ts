import { visibleText } from '../view/format.js';
import type { Placed } from '../view/placed.js';

/** How cells are drawn. */
export interface Style {
  /** Returns the name of the colour of a cell, such as `--hue-3`. */
  readonly colourOf: (cell: Placed) => string;
  /** Returns the name that is written on a cell. */
  readonly nameOf: (cell: Placed) => string;
}

const PADDING = 5;
const LINE = 14;

/**
 * Draws cells with their names.
 *
 * @param styles those of the canvas
 */
export function draw(
  context: CanvasRenderingContext2D,
  placed: readonly Placed[],
  { colourOf, nameOf }: Style,
  styles: CSSStyleDeclaration,
): void {
  const colours = new Map<string, string>();
  const valueOnce = (name: string): string => {
    const value = colours.get(name) ?? styles.getPropertyValue(name);
    colours.set(name, value);
    return value;
  };
  context.font = `12px ${styles.fontFamily}`;
  context.textBaseline = 'middle';
  const ink = valueOnce('--cell-text');
  const dot = context.measureText('…').width;
  for (const box of placed) {
    context.fillStyle = valueOnce(colourOf(box));
    context.fillRect(box.x, box.y, Math.max(0.5, box.width), Math.max(0.5, box.height));
    if (box.width < 30 || box.height < LINE) continue;
    if (!box.isLast && !box.hasTitle && box.height > 24) continue;
    const isDirectory = box.hasTitle || !box.isLast;
    context.fillStyle = ink;
    const room = box.width - 2 * PADDING;
    const name = fitted(context, visibleText(nameOf(box), 300), room, dot);
    if (name === '') continue;
    const size = box.cell.set.textBetween(box.cell.from, box.cell.to);
    const y = box.y + Math.min(box.height / 2, LINE - 4);
    context.fillText(name, box.x + PADDING, y);
    const rest = room - context.measureText(name).width - 8;
    if (box.height > 2 * LINE + 4 && !isDirectory) {
      if (context.measureText(size).width <= room) context.fillText(size, box.x + PADDING, y + LINE);
    } else if (context.measureText(size).width <= rest) {
      context.textAlign = 'right';
      context.fillText(size, box.x + box.width - PADDING, y);
      context.textAlign = 'left';
    }
  }
}

/** Returns the start of a name that fits; nothing where only a letter or two would. */
export function fitted(context: CanvasRenderingContext2D, name: string, room: number, dot: number): string {
  if (context.measureText(name).width <= room) return name;
  let low = 0;
  let high = name.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (context.measureText(name.slice(0, middle)).width + dot <= room) low = middle;
    else high = middle - 1;
  }
  return low < 3 ? '' : `${name.slice(0, low)}…`;
}
