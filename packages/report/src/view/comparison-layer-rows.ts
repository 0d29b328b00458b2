import type { ReportFacts } from '../data/index.js';
import { humanBytes, signedBytes } from './format.js';
import type { LayerRow } from './layer-row.js';
import type { Paths } from './paths.js';
import { layerName, stepName } from './story.js';

/** Returns the layers of B, with what differs in each. */
export function comparisonLayerRows(facts: ReportFacts, paths: Paths): LayerRow[] {
  const { layers } = facts.inspect;
  const sums = layerSums(paths, layers.length + 1);
  const largest = Math.max(1, ...sums.map(({ grown, shrunk }) => grown + shrunk));
  const rows = sums.map(({ grown, shrunk }, layer) => {
    const isOfB = layer < layers.length;
    return {
      layer,
      label: isOfB ? String(layer) : '-',
      step: isOfB ? stepName(layers[layer]?.instruction) : layerName(facts, layer),
      size: grown + shrunk === 0 ? '=' : signedBytes(grown - shrunk),
      waste: '',
      title: `${humanBytes(grown)} more, ${humanBytes(shrunk)} less`,
      bar: [
        { share: grown / largest, colour: '--cell-wasted' },
        { share: shrunk / largest, colour: '--cell-added' },
      ],
    };
  });
  return (sums.at(-1)?.shrunk ?? 0) === 0 ? rows.slice(0, -1) : rows;
}

/** By how many bytes the paths of a layer grew and shrank. */
export interface LayerSum {
  grown: number;
  shrunk: number;
}

/** Sums what differs by layer. */
export function layerSums(paths: Paths, layers: number): LayerSum[] {
  const sums = Array.from({ length: layers }, (): LayerSum => ({ grown: 0, shrunk: 0 }));
  const { items, layer } = paths.columns;
  for (let item = 0; item < items; item++) {
    const sum = sums[layer[item] ?? 0];
    const bytes = paths.growthOf(item);
    if (sum === undefined) continue;
    if (bytes > 0) sum.grown += bytes;
    else sum.shrunk -= bytes;
  }
  return sums;
}
