import { type Analysis, layerReports } from '@layers/core/analysis';
import { leastBytes, visibleAdvice, wastedAdvice, worthwhile } from '../file-advice.js';
import { createClaims } from '../visible-groups.js';

/** Advice in one line. */
export interface ShortAdvice {
  readonly savableBytes: number;
  /** The layer that wasted the bytes, else the one that stored the most of them. */
  readonly layer: number;
  readonly text: string;
}

/**
 * Returns the advice that saves most. Reads no contents, so that it costs little beside reading the image.
 *
 * @param baseLayers the number of layers of the base image, whose files are not blamed
 */
export function bestAdvice(analysis: Analysis, top: number, baseLayers = 0): ShortAdvice[] {
  const { union } = analysis;
  const found = [
    ...wastedAdvice(union, layerReports(analysis), baseLayers),
    ...visibleAdvice(union, createClaims(union), baseLayers),
  ];
  return worthwhile(found, leastBytes(analysis))
    .slice(0, top)
    .map(({ text, files, wastedBy }) => ({
      savableBytes: files.bytes,
      layer: wastedBy ?? files.layers[0]?.[0] ?? 0,
      text: `${text.problem}: ${text.fix}`,
    }));
}
