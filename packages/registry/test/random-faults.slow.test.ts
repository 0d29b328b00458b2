import { randomBytes } from 'node:crypto';
import { type Digest, digestOf } from '@layers/core/digest';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '@layers/core/oci';
import { runs } from '@layers/testing/random-runs';
import { randomFaults, startTestRegistry, type TestRegistry } from '@layers/testing/registry';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Repository } from '../src/client/repository.ts';
import { TestClient } from './test-client.ts';

/** What a cut may cost: the bytes that are under way. */
const MAX_REPEATED_BYTES = 8 * 1024 * 1024;

const running: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});

interface Blob {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

function blobOf(size: number): Blob {
  const bytes = randomBytes(size);
  return { digest: digestOf(bytes), bytes };
}

async function push(repository: Repository, { digest, bytes }: Blob): Promise<void> {
  await repository.pushBlob({
    digest,
    size: bytes.length,
    async *open(position) {
      for (let at = position; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
    },
  });
}

async function pull(repository: Repository, { digest, bytes }: Blob): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of repository.blob({ digest, size: bytes.length })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function manifestOf([config, ...layers]: readonly Blob[]) {
  const descriptor = (mediaType: string, { digest, bytes }: Blob) => ({
    mediaType,
    digest,
    size: bytes.length,
  });
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: config === undefined ? null : descriptor(OCI_CONFIG, config),
    layers: layers.map((layer) => descriptor(OCI_LAYER, layer)),
  };
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) };
}

/** Returns how many requests were cut while they transferred a blob. */
function cuts({ log }: TestRegistry): number {
  return log.records.filter(({ fault }) => fault !== null).length;
}

const behaviours = fc.record({
  ranges: fc.boolean(),
  uploadStatus: fc.boolean(),
  outOfOrderChunks: fc.constantFrom('refuse' as const, 'append' as const),
  cutUploads: fc.constantFrom('kept' as const, 'rewound' as const, 'lost' as const),
  location: fc.constantFrom('absolute' as const, 'relative' as const),
  uploadLocations: fc.constantFrom('all' as const, 'latest' as const),
  mounts: fc.boolean(),
  head: fc.boolean(),
  redirectBlobs: fc.boolean(),
});

test('pushes and pulls with random faults end right, and repeat little', async () => {
  let [transfers, faults] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      behaviours,
      fc.integer(),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 600_000 })), {
        minLength: 2,
        maxLength: 4,
      }),
      fc.boolean(),
      async (behaviour, seed, sizes, hasTokens) => {
        const secret = 'secret word';
        const registry = await startTestRegistry({
          behaviour,
          faults: randomFaults({ seed }),
          ...(hasTokens ? { authentication: { kind: 'bearer', users: { me: secret } } } : {}),
        });
        const login = hasTokens
          ? ({ kind: 'password', username: 'me', password: secret } as const)
          : undefined;
        const client = new TestClient({ domain: registry.domain, login, idleTimeoutMs: 500 });
        try {
          const repository = client.repository('team/app');
          const blobs = [...new Map(sizes.map(blobOf).map((blob) => [blob.digest, blob])).values()];
          await Promise.all(blobs.map((blob) => push(repository, blob)));
          const manifest = manifestOf(blobs);
          await repository.pushManifest('v1', manifest);
          expect((await repository.manifest('v1')).digest).toBe(manifest.digest);
          for (const blob of blobs) expect(digestOf(await pull(repository, blob))).toBe(blob.digest);
          transfers += blobs.length * 2;
          faults += cuts(registry);

          const pushes = registry.log.pushes();
          for (const { digest } of blobs) expect(pushes.get(digest)?.times).toBe(1);
          if (behaviour.uploadStatus && behaviour.cutUploads === 'kept')
            expect(registry.log.repeatedUploadBytes()).toBeLessThanOrEqual(
              cuts(registry) * MAX_REPEATED_BYTES,
            );
          // The password goes to the token server, the token to the registry, and nothing to the content server.
          for (const { server } of registry.log.mentions(secret)) expect(server).toBe('tokens');
          for (const { server } of registry.log.credentials()) expect(server).not.toBe('blobs');
        } finally {
          client.close();
          await registry.stop();
        }
      },
    ),
    { numRuns: runs(250, 2000) },
  );
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
