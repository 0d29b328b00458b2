import type { LayerReference } from '@layers/core/diff';
import type { ReportFacts } from '../data/index.js';

/** A layer of one image, or of both. */
export interface LayerPair {
  readonly change: '- in A only' | '+ in B only' | '~ same files' | '= the same';
  /** The positions of the layer; null where an image does not have it. */
  readonly a: number | null;
  readonly b: number | null;
  readonly stored: number;
  readonly instruction: string | null;
}

/** Returns the layers of both images, first those that differ. */
export function layerPairs({ inspect, comparison }: ReportFacts): LayerPair[] {
  const { onlyInA = [], onlyInB = [], sameTree = [], shared = [] } = comparison?.layers ?? {};
  const pair = (
    change: LayerPair['change'],
    a: number | null,
    b: number | null,
    { storedBytes, instruction }: Pick<LayerReference, 'storedBytes' | 'instruction'>,
  ): LayerPair => ({ change, a, b, stored: storedBytes, instruction });
  return [
    ...onlyInA.map((each) => pair('- in A only', each.layer, null, each)),
    ...onlyInB.map((each) => pair('+ in B only', null, each.layer, each)),
    ...sameTree.map(({ a, b }) => pair('~ same files', a.layer, b.layer, b)),
    ...shared.map(({ layerA, layerB, storedBytesB: storedBytes }) => {
      const instruction = inspect.layers[layerB]?.instruction ?? null;
      return pair('= the same', layerA, layerB, { storedBytes, instruction });
    }),
  ];
}
