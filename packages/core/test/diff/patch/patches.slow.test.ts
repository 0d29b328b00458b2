import { diffOf, file, type Layers } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const layerOf = (count: number, text: (i: number) => string): Layers => [
  numbers(count).map((i) => file(`file${String(i).padStart(3, '0')}`, text(i))),
];

/** Returns lines, in side b with each two of them exchanged: the least patch removes and adds one line of each two. */
const exchanged = (pairs: number, side: string, i: number): string =>
  numbers(pairs)
    .map((pair) => {
      const lines = [`first ${i} ${pair}`, `second ${i} ${pair}`];
      return `${(side === 'a' ? lines : lines.reverse()).join('\n')}\n`;
    })
    .join('');

describe('the patches of very many large changes', () => {
  it('have a bound on their length together', async () => {
    const text = (side: string) => (i: number) => `${side}${i}`.padEnd(1_000_000, '.');
    const { list } = await diffOf(scratch, layerOf(60, text('a')), layerOf(60, text('b')), { patch: {} });
    const lengths = list.flatMap(({ patch }) => (typeof patch === 'string' ? [patch.length] : []));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    expect(list).toHaveLength(60);
    expect(total).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(total).toBeGreaterThan(60 * 1024 * 1024);
    const omitted = list.filter(({ patchOmitted }) => patchOmitted === 'too-large');
    expect(omitted.length).toBe(60 - lengths.length);
  }, 60_000);

  it('have a bound on the work to find them; small changes always have a patch', async () => {
    const sides = (side: string) => (i: number) => (i < 40 ? exchanged(900, side, i) : `${side}\n`);
    const { list } = await diffOf(scratch, layerOf(50, sides('a')), layerOf(50, sides('b')), { patch: {} });
    const has = list.map(({ patch }) => typeof patch === 'string');
    const large = has.slice(0, 40).filter(Boolean).length;
    expect(list).toHaveLength(50);
    // The work of one such file is 81 % of the square of 2,000 edits, and all have 8 of these squares.
    expect(large).toBeGreaterThan(7);
    expect(large).toBeLessThan(12);
    expect(has.slice(40)).toEqual(numbers(10).map(() => true));
  }, 60_000);
});
