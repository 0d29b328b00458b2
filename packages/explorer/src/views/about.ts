import { Kind, NONE } from '@layers/core/rootfs';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import {
  type DetailLimits,
  imageDetails,
  layerDetails,
  pathDetails,
  rangeDetails,
  wrapLines,
} from '../panes/details.js';
import { type ExploredImage, layerName } from '../state/image.js';
import type { LayerState } from '../state/layer-state.js';
import { lastLayerWith } from '../state/selection.js';
import type { TreeState } from '../state/tree-state.js';
import { directorySums } from '../tree/directory-sums.js';

/** What is selected, and where it is shown. */
export interface Selected {
  readonly image: ExploredImage;
  readonly format: Format;
  readonly focus: 'layers' | 'tree';
  readonly layers: LayerState;
  readonly tree: TreeState;
  /** The columns of the screen. */
  readonly width: number;
}

/** For a text of its own. */
const ALL: DetailLimits = { lines: 10_000, characters: 1_000_000 };

interface Text {
  readonly title: string;
  readonly text: string;
}

/** Returns the first lines about what is selected in the pane with the keys. */
export function aboutSelection(selected: Selected, limits: DetailLimits): string[] {
  if (selected.focus === 'tree' && selected.tree.node !== NONE) return linesOfPath(selected, limits);
  return linesOfLayer(selected, limits) ?? imageDetails(selected.image, limits, selected.format);
}

/** Returns all about the selected layer; null where the whole image is selected. */
export function aboutLayer(selected: Selected): Text | null {
  const lines = linesOfLayer(selected, ALL);
  return lines === null
    ? null
    : {
        title: capitalized(layerName(selected.image, selected.layers.layer ?? 0)),
        text: textOf(lines, selected),
      };
}

/** Returns all about the selected path. */
export function aboutPath(selected: Selected): Text {
  const [title = '', attributes = '', ...lines] = linesOfPath(selected, ALL);
  return { title, text: textOf([attributes, ...sumsOfPath(selected), ...lines], selected) };
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function textOf(lines: readonly string[], { width, format }: Selected): string {
  return `${wrapLines(lines, Math.max(20, width - 4), format).join('\n')}\n`;
}

function linesOfPath({ image, format, layers, tree }: Selected, limits: DetailLimits): string[] {
  return pathDetails(image, tree.index, tree.node, layers.range, limits, format);
}

/** Returns lines about what is in the selected directory; none for what is none. */
function sumsOfPath({ image, format, layers, tree: { index, node } }: Selected): string[] {
  const layer = lastLayerWith(index, node, layers.range);
  if (index.stateAt(node, layer)?.kind !== Kind.directory) return [];
  const { files, bytes, wastedBytes } = directorySums(index, node, layer);
  return [
    `contains ${counted(files, 'file')}, ${exactBytes(bytes, format)}, after ${layerName(image, layer)}`,
    `wasted   ${exactBytes(wastedBytes, format)} below it, by all layers`,
  ];
}

function linesOfLayer({ image, format, layers }: Selected, limits: DetailLimits): string[] | null {
  const { layer, range } = layers;
  const details = layer === null ? undefined : image.layers[layer];
  return layer === null || details === undefined
    ? null
    : [
        ...rangeDetails(image, range, format),
        ...layerDetails(image, details, layer, layer < image.readLayers, limits, format),
      ];
}
