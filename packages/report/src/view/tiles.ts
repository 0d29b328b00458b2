import type { Cell } from './cell.js';
import type { Box } from './placed.js';

/** A cell with its place. */
export interface Tile extends Box {
  readonly cell: Cell;
}

/** The least area that can be seen and pointed at. */
const LEAST_AREA = 9;
/** The least width of a cell in a row. */
const LEAST_WIDTH = 1;
/** Between neighbours. */
const GAP = 1;

/** Divides a box among cells in one row, the largest first; leaves room for those that are too small to be seen. */
export function rowOfTiles(cells: readonly Cell[], box: Box): Tile[] {
  const total = sumOf(cells);
  const tiles: Tile[] = [];
  let { x } = box;
  for (const cell of visible(cells, (LEAST_WIDTH / box.width) * total)) {
    const width = (cell.bytes / total) * box.width;
    tiles.push(withGap({ cell, x, y: box.y, width, height: box.height }));
    x += width;
  }
  return tiles;
}

/**
 * Divides a box among cells, the largest first, so that they are nearly squares (Bruls, Huizing and van Wijk, "Squarified
 * treemaps", 2000): a row along the shorter side takes cells as long as they come closer to squares. Leaves room for
 * those that are too small to be seen.
 */
export function squareTiles(cells: readonly Cell[], box: Box): Tile[] {
  const total = sumOf(cells);
  const area = box.width * box.height;
  if (total === 0 || area <= 0) return [];
  const shown = visible(cells, (LEAST_AREA / area) * total);
  const scale = area / total;
  const tiles: Tile[] = [];
  let room = box;
  for (let first = 0; first < shown.length; ) {
    const side = Math.min(room.width, room.height);
    let last = first;
    let rowBytes = 0;
    let worst = Number.POSITIVE_INFINITY;
    for (; last < shown.length; last++) {
      const more = rowBytes + (shown[last]?.bytes ?? 0);
      const ratio = worstRatio(shown[first]?.bytes ?? 0, shown[last]?.bytes ?? 0, more, side, scale);
      if (ratio > worst) break;
      worst = ratio;
      rowBytes = more;
    }
    const depth = (rowBytes * scale) / side;
    placeRow(shown.slice(first, last), rowBytes, room, depth, tiles);
    room = withoutRow(room, depth);
    first = last;
  }
  return tiles;
}

/** Returns how far the largest and the smallest cell of a row are from squares; 1 is a square. */
function worstRatio(largest: number, smallest: number, row: number, side: number, scale: number): number {
  const depth = (row * scale) / side;
  const long = (largest * scale) / depth;
  const short = (smallest * scale) / depth;
  return Math.max(long / depth, depth / short);
}

function placeRow(cells: readonly Cell[], rowBytes: number, room: Box, depth: number, tiles: Tile[]): void {
  const isColumn = room.width >= room.height;
  let at = 0;
  for (const cell of cells) {
    const length = (cell.bytes / rowBytes) * Math.min(room.width, room.height);
    const place = isColumn
      ? { x: room.x, y: room.y + at, width: depth, height: length }
      : { x: room.x + at, y: room.y, width: length, height: depth };
    tiles.push(withGap({ cell, ...place }));
    at += length;
  }
}

function withoutRow({ x, y, width, height }: Box, depth: number): Box {
  return width >= height
    ? { x: x + depth, y, width: width - depth, height }
    : { x, y: y + depth, width, height: height - depth };
}

function visible(cells: readonly Cell[], least: number): Cell[] {
  return cells.filter(({ bytes }) => bytes > 0 && bytes >= least).sort((a, b) => b.bytes - a.bytes);
}

function sumOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { bytes }) => sum + bytes, 0);
}

function withGap(tile: Tile): Tile {
  return { ...tile, width: Math.max(0, tile.width - GAP), height: Math.max(0, tile.height - GAP) };
}
