import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OrderedWork } from '../../src/scan/ordered-work.ts';

test('results are taken in the order in which the work started, whichever ends first', async () => {
  const work = new OrderedWork<number>(3);
  const taken: (number | string)[] = [];
  const take = async (result: number): Promise<void> => void taken.push(result);
  const delays = [20, 1, 10, 1];
  for (const [i, delay] of delays.entries()) {
    await work.start([], () => wait(delay, i), take);
    if (i === 1) await work.afterAll(async () => void taken.push('after 1'));
  }
  await work.finish();
  expect(taken).toEqual([0, 1, 'after 1', 2, 3]);
  await work.afterAll(async () => void taken.push('at once'));
  expect(taken.at(-1)).toBe('at once');
});

test('work with a claim of other work waits for it', async () => {
  const work = new OrderedWork<string>(9);
  const taken: string[] = [];
  await work.start(
    ['base'],
    () => wait(5, 'first'),
    async (result) => void taken.push(result),
  );
  await work.waitFor(['other']);
  expect(taken).toEqual([]);
  await work.waitFor(['other', 'base']);
  expect(taken).toEqual(['first']);
});

test('a failure is thrown where its result is taken', async () => {
  const work = new OrderedWork<string>(2);
  await work.start(
    [],
    () => Promise.reject(new Error('broken')),
    async () => undefined,
  );
  await expect(work.finish()).rejects.toThrow('broken');
});
