import type { FileChange } from '@layers/core/diff';

/** The layer that put a path there or took it away; of A where B never had the path. */
export function placeOf({ change, layerA, layerB }: FileChange) {
  const isOfA = change === 'removed' && (layerB === undefined || layerB === null);
  const layer = isOfA ? layerA : layerB;
  if (layer === undefined || layer === null) return null;
  return { layer, isOfA, text: isOfA ? `A's layer ${layer}` : `layer ${layer}` };
}

/** That layer in words; empty where there is none. */
export function layerText(change: FileChange): string {
  return placeOf(change)?.text ?? '';
}
