import { NONE, type Union, uniteLayers } from '@layers/core/rootfs';

/** An entry of a layer of the image. */
export interface LayerEntry {
  readonly layer: number;
  readonly entry: number;
}

/** For each directory that has some, the entries that upper layers replaced, the lowest first. */
export type ReplacedEntries = ReadonlyMap<number, readonly LayerEntry[]>;

/**
 * Returns the entries of live directories that entries of upper layers replaced, the lowest first. Those from before the
 * directory was deleted and made again are not among them.
 *
 * @param union the result of `uniteLayers` for layers alone, so that the same nodes stand for the same paths
 */
export function replacedEntries({ nodes, layers }: Union): ReplacedEntries {
  const replaced = new Map<number, LayerEntry[]>();
  uniteLayers(layers, null, (layer, touched, growing) => {
    for (const node of touched) {
      if (!growing.isLiveDirectory(node) || growing.layerOf(node) === NONE) replaced.delete(node);
      else if (
        growing.layerOf(node) === layer &&
        nodes.layerOf(node) !== layer &&
        nodes.isLiveDirectory(node)
      ) {
        const known = replaced.get(node);
        const own = { layer, entry: growing.entryOf(node) };
        if (known === undefined) replaced.set(node, [own]);
        else known.push(own);
      }
    }
  });
  return replaced;
}
