import { ITEM_CHANGES } from '../data/index.js';
import { type Cell, isLeaf, ownerOf } from './cell.js';
import { isLayer } from './placed.js';
import { IN_ROOTFS } from './story.js';

/** What the colours of a picture stand for. */
const COLOURINGS = ['growth', 'layer', 'waste', 'change', 'package'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Returns the colourings of a report, the first one first. */
export function colouringsOf(isComparison: boolean): readonly Colouring[] {
  return COLOURINGS.filter((each) => each !== (isComparison ? 'waste' : 'growth'));
}

/** A colour with its meaning. */
export interface LegendEntry {
  readonly label: string;
  /** The name of a property of the style sheet, such as `--hue-3`. */
  readonly colour: string;
}

/** The hues of the style sheet, `--hue-0` and on. They repeat. */
const HUES = 12;
const DIRECTORY = '--cell-directory';
const PLAIN = '--cell-plain';
const WASTED = '--cell-wasted';
const MIXED = '--cell-mixed';
const SHRUNK = '--cell-added';

const CHANGE_COLOURS: Readonly<Record<(typeof ITEM_CHANGES)[number], string>> = {
  added: '--cell-added',
  changed: '--cell-changed',
  replaced: '--cell-changed',
  deleted: '--cell-removed',
  removed: '--cell-removed',
  renamed: '--cell-renamed',
};

/** Returns the colour of a layer. Neighbours differ much. */
export function layerColour(layer: number): string {
  return `--hue-${(layer * 5) % HUES}`;
}

/**
 * Returns the name of the colour of a cell.
 *
 * @param standsForParts whether the cell is drawn in place of its parts; a directory that is drawn with its parts has no
 *   colour of its own
 */
export function colourOf(cell: Cell, colouring: Colouring, standsForParts: boolean, depth: number): string {
  const { set, from, to, layer } = cell;
  const { columns } = set.paths;
  const item = set.items[from] ?? 0;
  if (!standsForParts && !isLeaf(cell)) {
    if (colouring === 'layer' && isLayer(layer, depth)) return layerColour(layer);
    if (colouring !== 'waste') return DIRECTORY;
  }
  switch (colouring) {
    case 'waste': {
      const wasted = set.wastedBetween(from, to);
      if (wasted === 0) return PLAIN;
      return wasted === cell.bytes ? WASTED : MIXED;
    }
    case 'growth': {
      const grown = set.grownBetween(from, to);
      if (grown === 0) return SHRUNK;
      return grown === cell.bytes ? WASTED : MIXED;
    }
    case 'layer':
      return layerColour(columns.layer[item] ?? 0);
    case 'change':
      return CHANGE_COLOURS[ITEM_CHANGES[columns.change[item] ?? 0] ?? 'added'];
    case 'package': {
      const owner = ownerOf(cell);
      if (owner < 1) return owner === 0 ? PLAIN : MIXED;
      return layerColour(owner);
    }
  }
}

/** Returns what the colours mean, where there are few. */
export function legendOf(colouring: Colouring, isComparison: boolean): readonly LegendEntry[] {
  switch (colouring) {
    case 'growth':
      return [
        { label: 'larger', colour: WASTED },
        { label: 'smaller', colour: SHRUNK },
        { label: 'both', colour: MIXED },
      ];
    case 'waste':
      return [
        { label: IN_ROOTFS, colour: PLAIN },
        { label: 'wasted', colour: WASTED },
        { label: 'both', colour: MIXED },
      ];
    case 'change':
      return [
        { label: 'added', colour: '--cell-added' },
        { label: 'changed', colour: '--cell-changed' },
        { label: isComparison ? 'removed' : 'deleted', colour: '--cell-removed' },
      ];
    case 'package':
      return [
        { label: 'in no package', colour: PLAIN },
        { label: 'in several', colour: MIXED },
      ];
    case 'layer':
      return [];
  }
}
