import { type Cell, collapsed, isLeaf, partsOf } from './cell.js';
import { type Box, MOST_CELLS, nameBase, type Placed } from './placed.js';
import { rowOfTiles } from './tiles.js';

/** The height of a row. */
export const ROW_HEIGHT = 22;

/** Lays cells out as an icicle: a row for each level of directories, with the parts of each cell below it. */
export function layoutIcicle(cells: readonly Cell[], box: Box, top = 0): Placed[] {
  const placed: Placed[] = [];
  const queue: {
    readonly cells: readonly Cell[];
    readonly box: Box;
    readonly depth: number;
    above: number;
  }[] = [{ cells, box: { ...box, height: ROW_HEIGHT }, depth: 0, above: top }];
  for (const { cells: siblings, box: row, depth, above } of queue) {
    for (const { cell, ...place } of rowOfTiles(siblings, row)) {
      if (placed.length >= MOST_CELLS) return placed;
      const deepest = collapsed(cell);
      const below = { ...place, y: place.y + ROW_HEIGHT, height: ROW_HEIGHT };
      const goesOn = !isLeaf(deepest) && place.width > 2 && below.y + ROW_HEIGHT <= box.y + box.height;
      placed.push({ cell: deepest, ...place, depth, above, hasTitle: false, isLast: !goesOn });
      if (goesOn)
        queue.push({
          cells: partsOf(deepest),
          box: below,
          depth: depth + 1,
          above: nameBase(deepest, depth, above),
        });
    }
  }
  return placed;
}
