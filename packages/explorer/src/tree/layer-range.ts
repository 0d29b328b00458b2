/** What differs between two states of the paths. */
export interface Differences {
  /** The differing fields of each node that exists in both, as `differingFields` has them; 0 where they are the same. */
  readonly fields: Uint16Array;
}

/** Layers whose changes are marked; the tree is that after the last of them. Position 0 is the base. */
export interface LayerRange {
  readonly from: number;
  readonly to: number;
  /** False to show no changes, and nothing that is deleted. */
  readonly marks: boolean;
  /** Compares the file systems before and after the layers. Without it, all that a layer stores counts as changed. */
  readonly differences?: Differences | undefined;
}
