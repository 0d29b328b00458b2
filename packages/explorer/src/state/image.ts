import type { PathEvents } from '@layers/insight/events';
import type { Differences, LayerRange } from '../tree/layer-range.js';

/** A layer, as the documents of `layers inspect` describe it. */
export interface ExploredLayer {
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly storedBytes: number;
  readonly contentBytes: number;
  readonly wastedBytes: number;
  readonly added: number;
  readonly modified: number;
  readonly deleted: number;
  readonly instruction: string | null;
  readonly created: string | null;
  readonly comment: string | null;
  /** How it is called where there are layers of two images, such as `A3`; else by its position. */
  readonly label?: string;
  /** The position of the lowest layer of its image; default 0. */
  readonly bottom?: number;
  /** Whether the other of two images has it too. */
  readonly isShared?: boolean;
  /** Whether it is of the base of the image. */
  readonly isBase?: boolean;
  /** Whether it is no layer of an image, but removes the files of A before those of B are added. */
  readonly isHidden?: boolean;
}

/** What two images differ in. Their layers are one list: those of A, one that is hidden, those of B. */
export interface ExploredPair {
  /** From the hidden layer to the last, with what differs. */
  readonly range: LayerRange & { readonly differences: Differences };
  /** The bytes of the files of B minus those of A. */
  readonly growthBytes: number;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
}

/** An image to explore. Its text need not be safe to show. */
export interface ExploredImage {
  /** Its name and platform. */
  readonly title: string;
  /** The paths of the layers that are read. */
  readonly events: PathEvents;
  /** All layers. Those that are not read yet have only what is declared about them. */
  readonly layers: readonly ExploredLayer[];
  /** How many of the lowest layers are read. */
  readonly readLayers: number;
  readonly rootfsBytes: number;
  readonly wastedBytes: number;
  readonly efficiency: number;
  /** The files of the final file system. */
  readonly files: number;
  /** Lines about the whole image. */
  readonly facts: readonly string[];
  /** Where two images are compared. The other figures are those of B. */
  readonly pair?: ExploredPair;
}

/** Returns the name of a layer, such as `layer 3`. */
export function layerName({ layers }: Pick<ExploredImage, 'layers'>, position: number): string {
  return `layer ${layers[position]?.label ?? position}`;
}

/** Returns the name of some layers, such as `layers 3 to 7`. */
export function layersName(
  { layers }: Pick<ExploredImage, 'layers'>,
  { from, to }: Pick<LayerRange, 'from' | 'to'>,
): string {
  return `layers ${layers[from]?.label ?? from} to ${layers[to]?.label ?? to}`;
}

/** Where a layer is: its position in its image, and which of two images that is. */
export interface LayerPlace {
  readonly layer: number | null;
  readonly side?: 'a' | 'b';
}

/** Returns where a layer is in its image. */
export function placeOfLayer(
  { layers, pair }: Pick<ExploredImage, 'layers' | 'pair'>,
  position: number | null,
): LayerPlace {
  if (position === null || pair === undefined) return { layer: position };
  const { bottom = 0, isHidden } = layers[position] ?? {};
  if (isHidden === true) return { layer: null };
  return { layer: position - bottom, side: bottom === 0 ? 'a' : 'b' };
}
