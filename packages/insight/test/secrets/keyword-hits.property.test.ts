import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildAutomaton } from '../../src/secrets/scan/keyword-automaton.ts';
import { findKeywords, type KeywordHits } from '../../src/secrets/scan/keyword-hits.ts';

/** Few letters, and keywords of the text itself, so that some are at every border of lanes and pieces. */
const textAndKeywords = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 12 }),
    fc.integer({ min: 1, max: 900 }),
  )
  .map(([part, times]) => part.repeat(times))
  .chain((text) =>
    fc.tuple(
      fc.constant(text),
      fc.uniqueArray(
        fc
          .tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 20 }))
          .map(([from, length]) => text.slice(from, from + length)),
        { minLength: 1, maxLength: 6 },
      ),
    ),
  );

/** All keywords by their ends, the shortest first where they end together. */
function naive(content: string, keywords: readonly string[]): string[] {
  const found: string[] = [];
  for (let end = 1; end <= content.length; end++)
    for (const [i, keyword] of keywords.entries())
      if (content.startsWith(keyword, end - keyword.length) && end >= keyword.length)
        found.push(`${end} ${i}`);
  return found.sort();
}

test('keywords are found wherever they are, in one piece and in several', () => {
  fc.assert(
    fc.property(textAndKeywords, fc.array(fc.nat(), { maxLength: 3 }), ([content, keywords], cuts) => {
      const automaton = buildAutomaton(keywords.map((keyword) => Buffer.from(keyword)));
      const bytes = Buffer.from(content);
      const hits: KeywordHits = { keywords: [], ends: [] };
      let [state, from] = [0, 0];
      const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
      for (const to of ends) {
        state = findKeywords(automaton, bytes, { from, to }, state, hits);
        from = to;
      }
      expect(hits.ends).toEqual([...hits.ends].sort((a, b) => a - b));
      const found = hits.ends.map((end, i) => `${end} ${hits.keywords[i]}`);
      expect(found.sort()).toEqual(naive(content, keywords));
    }),
    { numRuns: runs(60, 2000) },
  );
});
