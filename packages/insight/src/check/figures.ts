import { type Analysis, inspectDocument, type LayerReport } from '@layers/core/analysis';
import type { CheckFigures, CheckLayer } from './report.js';

/** The figures that do not depend on another image. */
export type OwnFigures = Omit<CheckFigures, 'growthBytes' | 'growthShare'>;

export interface ImageFigures {
  readonly figures: OwnFigures;
  readonly layers: readonly CheckLayer[];
  /** Bytes that layers of the base made unreachable. */
  readonly baseWastedBytes: number;
}

/**
 * Returns the figures of an image.
 *
 * @param baseLayers the number of layers of the base, whose own waste is left out; 0 without a base
 */
export function imageFigures(analysis: Analysis, baseLayers: number): ImageFigures {
  const { totals, base, layers: reports } = inspectDocument(analysis, { top: 0, baseLayers });
  const layers = reports.map(checkLayer);
  const wastedBytes = base?.ownWastedBytes ?? totals.wastedBytes;
  const own = reports.slice(baseLayers);
  const addedBytes = sumOf(own, ({ contentBytes }) => contentBytes);
  // What is both wasted by own layers and stored in them is part of what they added. The rest was stored in the base.
  const ofBase = wastedBytes - sumOf(own, (layer) => layer.wastedBytes);
  return {
    figures: {
      efficiency: totals.contentBytes === 0 ? 1 : (totals.contentBytes - wastedBytes) / totals.contentBytes,
      wastedBytes,
      wastedShare: shareOf(wastedBytes, addedBytes + ofBase),
      storedBytes: totals.storedBytes,
      contentBytes: totals.contentBytes,
      rootfsBytes: totals.rootfsBytes,
      layers: totals.layers,
      biggestLayer: biggestOf(layers),
      addedBytes: base === null ? null : addedBytes,
    },
    layers,
    baseWastedBytes: base?.wastedBytes ?? 0,
  };
}

function checkLayer(report: LayerReport): CheckLayer {
  const { layer, diffId, contentBytes, storedBytes, instruction } = report;
  return { layer, diffId, contentBytes, storedBytes, instruction };
}

function biggestOf(layers: readonly CheckLayer[]): CheckLayer | null {
  return layers.reduce<CheckLayer | null>(
    (biggest, layer) => (biggest === null || layer.contentBytes > biggest.contentBytes ? layer : biggest),
    null,
  );
}

function shareOf(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

function sumOf(layers: readonly LayerReport[], bytes: (layer: LayerReport) => number): number {
  return layers.reduce((sum, layer) => sum + bytes(layer), 0);
}
