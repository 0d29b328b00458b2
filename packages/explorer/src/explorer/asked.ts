import { NONE, nodePath } from '@layers/core/rootfs';
import type { Effect } from '../state/effect.js';
import type { Prompt } from '../state/prompt.js';
import { contentOf, lastLayerWith } from '../state/selection.js';
import type { PathIndex } from '../tree/path-index.js';

/** What a typed line is for. */
export type Question = 'search' | 'filter' | 'save' | 'extract' | 'search-text';

/** A question that is being answered. */
export interface Asked {
  readonly question: Question;
  readonly line: Prompt;
}

/** Returns the effect of the answer to where a path is written; null for other questions. */
export function outputEffect(
  question: Question,
  to: string,
  index: PathIndex,
  node: number,
  layer: number,
): Effect | null {
  if (node === NONE) return null;
  if (question === 'save') {
    const place = contentOf(index, node, layer);
    return place === null ? null : { kind: 'save', place, to };
  }
  if (question !== 'extract') return null;
  return {
    kind: 'extract',
    path: nodePath(index.events.union, node),
    layer: lastLayerWith(index, node, layer),
    to,
  };
}
