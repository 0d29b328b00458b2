import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from '../../src/pull-cost/number-set.ts';

test('says of each number whether it is new, as a Set does', () => {
  const number = fc.oneof(
    fc.nat(50),
    fc.integer({ min: 0, max: 2 ** 52 - 1 }),
    fc.constantFrom(0, 2 ** 31, 2 ** 52 - 1),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 2000, size: 'max' }), (numbers) => {
      const set = new NumberSet();
      const isFirst = numbers.map((value, i) => numbers.indexOf(value) === i);
      expect(numbers.map((value) => set.add(value))).toEqual(isFirst);
    }),
    { numRuns: 20 },
  );
});

test('grows, also where many numbers belong into one place', () => {
  const set = new NumberSet();
  const numbers = Array.from({ length: 3000 }, (_, i) => i * 2 ** 31);
  expect(numbers.every((value) => set.add(value))).toBe(true);
  expect(numbers.some((value) => set.add(value))).toBe(false);
});
