import { digestOf } from '@layers/core/digest';
import { runs } from '@layers/testing/random-runs';
import { startTestRegistry } from '@layers/testing/registry';
import { afterEach, expect, test } from 'vitest';
import { blobOf, MAX_REPEATED_BYTES, pull, push, runTransfers } from './random-transfers.ts';
import { TestClient } from './test-client.ts';

const running: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});

test('pushes and pulls with random faults end right, and repeat little', async () => {
  const { transfers, faults } = await runTransfers(runs(500, 4000), false);
  expect(faults).toBeGreaterThan(transfers / 10);
});

test('a cut of a large blob repeats less than 8 MiB', async () => {
  const registry = await startTestRegistry();
  const client = new TestClient({ domain: registry.domain });
  running.push(registry, { stop: () => client.close() });
  const repository = client.repository('team/app');
  const blob = blobOf(40 * 1024 * 1024);
  for (const share of [0.1, 0.5, 0.95]) {
    registry.storage.repository('team/app').blobs.clear();
    registry.log.clear();
    let cutsLeft = 3;
    const cut = (method: string, kind: 'cut-request' | 'cut-response') => {
      registry.faults = (request) =>
        request.method === method && cutsLeft-- > 0 ? { kind, after: { share } } : null;
    };
    cut('PUT', 'cut-request');
    await push(repository, blob);
    expect(registry.log.repeatedUploadBytes()).toBeLessThan(3 * MAX_REPEATED_BYTES);
    expect(registry.log.pushes().get(blob.digest)?.times).toBe(1);

    registry.log.clear();
    cutsLeft = 3;
    cut('GET', 'cut-response');
    expect(digestOf(await pull(repository, blob))).toBe(blob.digest);
    expect(registry.log.pulls().get(blob.digest)?.repeatedBytes).toBeLessThan(3 * MAX_REPEATED_BYTES);
  }
});
