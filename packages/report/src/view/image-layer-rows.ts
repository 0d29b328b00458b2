import type { ReportFacts } from '../data/index.js';
import { layerColour } from './colours.js';
import { humanBytes, roundPercent } from './format.js';
import type { LayerRow } from './layer-row.js';
import { layerWaste, stepName } from './story.js';

/** Returns the layers of an image. */
export function imageLayerRows({ inspect: { layers, totals } }: ReportFacts): LayerRow[] {
  const largest = Math.max(1, ...layers.map(({ contentBytes }) => contentBytes));
  return layers.map((report) => {
    const { layer, contentBytes, wastedBytes, instruction } = report;
    return {
      layer,
      label: String(layer),
      step: stepName(instruction),
      size: humanBytes(contentBytes),
      title: `${roundPercent(totals.contentBytes === 0 ? 0 : contentBytes / totals.contentBytes)} of all contents; red: deleted or replaced later`,
      waste: layerWaste(report).join(', '),
      bar: [
        { share: (contentBytes - wastedBytes) / largest, colour: layerColour(layer) },
        { share: wastedBytes / largest, colour: '--cell-wasted' },
      ],
    };
  });
}
