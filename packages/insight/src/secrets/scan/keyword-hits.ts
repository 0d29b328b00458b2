import type { KeywordAutomaton } from './keyword-automaton.js';

/** Keywords that were found in a buffer: which, and where they end. */
export interface KeywordHits {
  readonly keywords: number[];
  readonly ends: number[];
}

/**
 * Finds the keywords in a range of bytes. Returns the state at its end, to continue from. The start state is 0.
 *
 * Most bytes of an image pass here, and nowhere else.
 */
export function findKeywords(
  { classes, table, firstAccepting, outputs, width }: KeywordAutomaton,
  bytes: Uint8Array,
  range: { readonly from: number; readonly to: number },
  state: number,
  hits: KeywordHits,
): number {
  let current = state;
  const { to } = range;
  for (let at = range.from; at < to; at++) {
    current = table[current + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
    if (current >= firstAccepting) {
      for (const keyword of outputs[(current - firstAccepting) / width] ?? []) {
        hits.keywords.push(keyword);
        hits.ends.push(at + 1);
      }
    }
  }
  return current;
}
