import type { Format } from '../lines/format.js';
import { type ExploredImage, layerName } from '../state/image.js';
import { endingOf, layerWith, type Version } from '../state/versions.js';
import type { PathIndex } from '../tree/path-index.js';
import { type Action, say } from './view.js';

/** The image that views show. */
export interface Explored {
  readonly image: ExploredImage;
  readonly index: PathIndex;
  readonly format: Format;
}

const MOST_INSTRUCTION = 1000;

/** Goes to a layer, and to a path where it exists after the layer or, if it does not, in the first one that has it. */
export function goTo(
  explored: Explored,
  layer: number | null,
  node: number | null,
  note: string | null = null,
): Action {
  const shown = layer === null || node === null ? layer : layerWith(explored.index, node, layer);
  return { kind: 'go', layer: shown, node, note };
}

/** Goes to the layer that stored a version of a path. */
export function goToStoring(explored: Explored, node: number, { layer }: Version): Action {
  return goTo(explored, layer, node, `stored by ${layerText(explored, layer)}`);
}

/** Goes to the layer that wasted, deleted or replaced a version of a path. */
export function goToEnding(explored: Explored, node: number, version: Version): Action {
  const { endedBy, ending } = endingOf(version);
  if (endedBy === null) return say('in the final file system: no layer replaced or deleted it');
  return goTo(explored, endedBy, node, `${ending} by ${layerText(explored, endedBy)}`);
}

/** Returns `layer 2: RUN …`. */
export function layerText({ image, format }: Explored, layer: number): string {
  const name = layerName(image, layer);
  const instruction = image.layers[layer]?.instruction ?? null;
  if (instruction === null) return name;
  return `${name}: ${format.instruction(instruction.slice(0, MOST_INSTRUCTION))}`;
}
