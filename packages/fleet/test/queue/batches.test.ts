import { expect, test } from 'vitest';
import { Batches } from '../../src/queue/batches.ts';

test('what comes during a batch is the next one', async () => {
  const done: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const batches = new Batches<number>(async (items) => {
    done.push(items);
    await new Promise<void>((open) => gates.push(open));
  });
  const first = [batches.add(1), batches.add(2)];
  await Promise.resolve();
  await Promise.resolve();
  const second = [batches.add(3), batches.add(4), batches.add(5)];
  gates[0]?.();
  await Promise.all(first);
  await expect.poll(() => gates.length).toBe(2);
  gates[1]?.();
  await Promise.all(second);
  expect(done).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('an item that is added as the last batch ends has one of its own', async () => {
  const done: (readonly number[])[] = [];
  const batches = new Batches<number>(async (items) => void done.push(items));
  for (const item of [1, 2, 3]) await batches.add(item);
  expect(done).toEqual([[1], [2], [3]]);
});

test('items of a batch that fails fail, and those of the next do not', async () => {
  const batches = new Batches<string>((items) =>
    items.includes('bad') ? Promise.reject(new Error('no')) : Promise.resolve(),
  );
  const both = await Promise.allSettled([batches.add('bad'), batches.add('good')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(batches.add('good')).resolves.toBeUndefined();
});
