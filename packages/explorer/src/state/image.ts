import type { PathEvents } from '@layers/insight/events';

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
  /** Its name where there are layers of two images, such as `A layer 3`. */
  readonly name?: string;
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
}

/** Returns the name of a layer, such as `layer 3`. */
export function layerName({ layers }: Pick<ExploredImage, 'layers'>, position: number): string {
  return layers[position]?.name ?? `layer ${position}`;
}
