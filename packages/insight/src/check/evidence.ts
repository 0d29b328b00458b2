import type { CheckEvidence, CheckLayer } from './report.js';

/** The most evidence of one result. */
export const MOST_EVIDENCE = 10;

/** What to blame: the first items, and a count of the others. */
export interface Evidence {
  readonly evidence: readonly CheckEvidence[];
  readonly moreEvidence: number;
}

export const NO_EVIDENCE: Evidence = { evidence: [], moreEvidence: 0 };

/**
 * Returns the first items.
 *
 * @param others how many are left out already
 */
export function firstOf(items: readonly CheckEvidence[], others = 0): Evidence {
  const evidence = items.slice(0, MOST_EVIDENCE);
  return { evidence, moreEvidence: items.length - evidence.length + others };
}

/** Returns the largest items. */
export function largestOf(items: readonly CheckEvidence[], others = 0): Evidence {
  return firstOf(
    [...items].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0)),
    others,
  );
}

/** Returns the largest of some layers, each with what it stores. */
export function layerEvidence(layers: readonly CheckLayer[]): Evidence {
  return largestOf(
    layers
      .filter(({ contentBytes }) => contentBytes > 0)
      .map(({ layer, contentBytes, instruction }) => ({
        path: null,
        bytes: contentBytes,
        layer,
        instruction,
        note: 'stored by this layer',
      })),
  );
}
