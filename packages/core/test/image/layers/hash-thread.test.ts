import { randomFillSync } from 'node:crypto';
import { digestBy } from '@layers/testing/layer-parts';
import { expect, test } from 'vitest';
import { openHashThread } from '../../../src/image/layers/hash-thread.ts';

test('a thread computes one digest after the other, also of more bytes than its buffer has', async () => {
  const thread = await openHashThread();
  try {
    for (const [algorithm, bytes] of [
      ['sha256', 0],
      ['sha256', 1],
      ['sha512', 100_000],
      ['sha256', 9 * 1024 * 1024 + 7],
    ] as const) {
      const all = randomFillSync(Buffer.alloc(bytes));
      const digester = thread.digester(algorithm);
      const view = Buffer.alloc(1024 * 1024);
      for (let at = 0; at < bytes; at += view.length) {
        const length = all.copy(view, 0, at);
        digester.update(view.subarray(0, length));
        // The caller may reuse the memory of the bytes.
        view.fill(0xee);
      }
      expect(await digester.digest()).toBe(digestBy(algorithm, all));
    }
  } finally {
    await thread.close();
  }
});

test('a thread can be closed during a digest', async () => {
  const thread = await openHashThread();
  thread.digester('sha256').update(Buffer.alloc(1000));
  await thread.close();
});
