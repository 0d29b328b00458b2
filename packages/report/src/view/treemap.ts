import { type Cell, collapsed, isLeaf, partsOf } from './cell.js';
import { type Box, MOST_CELLS, nameBase, type Placed } from './placed.js';
import { squareTiles } from './tiles.js';

/** The height of a name above the parts of a directory. */
export const TITLE_HEIGHT = 18;
/** The least side of a directory with a name, and of one whose parts are drawn. */
const TITLED_SIDE = 48;
const DIVIDED_SIDE = 12;
/** Between a directory with a name and its parts. */
const MARGIN = 2;

interface Level {
  readonly cells: readonly Cell[];
  readonly box: Box;
  readonly depth: number;
  readonly above: number;
}

/**
 * Lays cells out as a treemap, each before its parts. Goes only as deep as cells can be seen, so that the time depends on
 * the area, not on the image.
 *
 * @param top the path that the picture is of
 */
export function layoutTreemap(cells: readonly Cell[], box: Box, top = 0): Placed[] {
  const placed: Placed[] = [];
  // Breadth first: where there are too many cells, the deepest are left out.
  const queue: Level[] = [{ cells, box, depth: 0, above: top }];
  for (const { cells: siblings, box: room, depth, above } of queue) {
    for (const { cell, ...place } of squareTiles(siblings, room)) {
      if (placed.length >= MOST_CELLS) return placed;
      const deepest = collapsed(cell);
      const side = Math.min(place.width, place.height);
      const goesOn = !isLeaf(deepest) && side > DIVIDED_SIDE;
      const hasTitle = goesOn && side > TITLED_SIDE;
      placed.push({ cell: deepest, ...place, depth, above, hasTitle, isLast: !goesOn });
      if (!goesOn) continue;
      const inner = hasTitle ? belowTitle(place) : place;
      queue.push({
        cells: partsOf(deepest),
        box: inner,
        depth: depth + 1,
        above: nameBase(deepest, depth, above),
      });
    }
  }
  return placed;
}

function belowTitle({ x, y, width, height }: Box): Box {
  return {
    x: x + MARGIN,
    y: y + TITLE_HEIGHT,
    width: width - 2 * MARGIN,
    height: height - MARGIN - TITLE_HEIGHT,
  };
}
