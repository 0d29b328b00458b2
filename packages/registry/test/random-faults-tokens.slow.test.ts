import { runs } from '@layers/testing/random-runs';
import { expect, test } from 'vitest';
import { runTransfers } from './random-transfers.ts';

test('pushes and pulls with tokens and random faults end right, repeat little, and send no credential elsewhere', async () => {
  const { transfers, faults } = await runTransfers(runs(500, 4000), true);
  expect(faults).toBeGreaterThan(transfers / 10);
});
