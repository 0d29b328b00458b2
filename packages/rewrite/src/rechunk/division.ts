/** Which layer each path belongs to. */
export interface Division {
  /** The number of layers. */
  readonly layers: number;
  /** Returns the layer of a live node without children; NONE for one that a lower, kept layer has. */
  readonly layerOf: (node: number) => number;
  /** The first layer of the image that is distributed. */
  readonly from: number;
  /** The uppermost layer of each group of layers of the image, which has the times of directories. The last is the last layer. */
  readonly closing: readonly number[];
  /** Returns the group of a layer of the image. */
  readonly groupOf: (layer: number) => number;
  /** Whether a directory has an entry above the kept layers. */
  readonly isNewDirectory: (node: number) => boolean;
  /** Paths of kept layers that are deleted. */
  readonly hidden: readonly number[];
}
