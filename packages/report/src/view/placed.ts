import type { Cell } from './cell.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cell in the picture. Cells that are too small to be seen are left out: their parent shows. */
export interface Placed extends Box {
  readonly cell: Cell;
  readonly depth: number;
  /** The path that the name of this cell begins below: that of the cell around it, unless that has the name of a layer. */
  readonly above: number;
  /** Whether the cell has a line with its name above its parts. */
  readonly hasTitle: boolean;
  /** Whether none of its parts is drawn inside of it. */
  readonly isLast: boolean;
}

/** The most cells that are drawn. */
export const MOST_CELLS = 25_000;

/** Returns the path that the names of the parts of a cell begin below. */
export function nameBase({ path, layer }: Cell, depth: number, above: number): number {
  return isLayer(layer, depth) ? above : path;
}

/** Whether a cell stands for a layer, and has its name and colour. */
export function isLayer(layer: number, depth: number): boolean {
  return layer !== -1 && depth === 0;
}

/** Returns the deepest cell at a point: the last one, since cells come before their parts. */
export function cellAt(placed: readonly Placed[], x: number, y: number): Placed | null {
  return placed.findLast((box) => contains(box, x, y)) ?? null;
}

function contains(box: Box, x: number, y: number): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}
