import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HistoryEntry, joinHistory } from '../../src/oci/history.ts';

function step(createdBy: string, emptyLayer = false): HistoryEntry {
  return { created: undefined, createdBy, author: undefined, comment: undefined, emptyLayer };
}
const joined = (history: readonly HistoryEntry[], layers: number) => {
  const { entries, mismatch } = joinHistory(history, layers);
  return { entries: entries.map((entry) => [entry.history?.createdBy, entry.layer]), mismatch };
};

describe('joinHistory', () => {
  test('steps without layer keep their position', () => {
    expect(joined([step('ADD'), step('CMD', true), step('RUN'), step('ENV', true)], 2)).toEqual({
      entries: [
        ['ADD', 0],
        ['CMD', undefined],
        ['RUN', 1],
        ['ENV', undefined],
      ],
      mismatch: false,
    });
  });

  test('with too few steps the upper layers have none', () => {
    expect(joined([step('ADD')], 3)).toEqual({
      entries: [
        ['ADD', 0],
        [undefined, 1],
        [undefined, 2],
      ],
      mismatch: true,
    });
  });

  test('with too many steps the last ones have no layer', () => {
    expect(joined([step('ADD'), step('RUN')], 1)).toEqual({
      entries: [
        ['ADD', 0],
        ['RUN', undefined],
      ],
      mismatch: true,
    });
    expect(joined([step('ADD')], 0).mismatch).toBe(true);
  });

  test('a missing history is not a mismatch', () => {
    expect(joined([], 1)).toEqual({ entries: [[undefined, 0]], mismatch: false });
    expect(joined([], 0)).toEqual({ entries: [], mismatch: false });
    expect(joined([step('CMD', true)], 0).mismatch).toBe(false);
  });

  test('every step and every layer appears once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.nat({ max: 20 }), (empty, layerCount) => {
        const history = empty.map((emptyLayer, i) => step(`${i}`, emptyLayer));
        const { entries } = joinHistory(history, layerCount);
        expect(entries.map((entry) => entry.history).filter((entry) => entry !== undefined)).toEqual(history);
        expect(entries.map((entry) => entry.layer).filter((layer) => layer !== undefined)).toEqual(
          Array.from({ length: layerCount }, (_, i) => i),
        );
      }),
      { numRuns: runs(200, 2_000) },
    );
  });
});
