import { digestOf, randomFaults, type TestRegistry } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, newUpload, useRegistries, withDigest } from './registry-client.ts';

const start = useRegistries();

/** Tries until an attempt returns a result. An attempt that throws counts as one without a result. */
async function until<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let count = 0; count < 100; count++) {
    const result = await attempt().catch(() => null);
    if (result !== null) return result;
  }
  throw new Error('no success in 100 attempts');
}

function pushed(registry: TestRegistry, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes);
  return until(async () => {
    const location = withDigest(await newUpload(registry, 'a'), digest);
    const { status } = await ask(registry, location, { method: 'PUT', body: bytes });
    return status === 201 ? digest : null;
  });
}

function pulled(registry: TestRegistry, digest: string): Promise<Uint8Array> {
  return until(async () => {
    const { status, isWhole, body } = await ask(registry, `/v2/a/blobs/${digest}`);
    return status === 200 && isWhole ? body : null;
  });
}

test('a client that tries again gets through random faults', async () => {
  const registry = await start({ faults: randomFaults({ seed: 7, share: 0.5 }) });
  for (let size = 0; size < 20; size++) {
    const bytes = Buffer.alloc(size * 1000, `blob ${size} `);
    const digest = await pushed(registry, bytes);
    expect(digestOf(await pulled(registry, digest))).toBe(digest);
  }
  const { records } = registry.log;
  expect(new Set(records.map(({ fault }) => fault)).size).toBeGreaterThan(5);
  expect(registry.log.pushes().size).toBe(20);
  for (const { times } of registry.log.pulls().values()) expect(times).toBeGreaterThan(0);
});
