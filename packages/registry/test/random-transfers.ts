import { randomBytes } from 'node:crypto';
import { type Digest, digestOf } from '@layers/core/digest';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '@layers/core/oci';
import { type Behaviour, randomFaults, startTestRegistry, type TestRegistry } from '@layers/testing/registry';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Repository } from '../src/client/repository.ts';
import { TestClient } from './test-client.ts';

/** What a cut may cost: the bytes that are under way. */
export const MAX_REPEATED_BYTES = 8 * 1024 * 1024;

export interface Blob {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export function blobOf(size: number): Blob {
  const bytes = randomBytes(size);
  return { digest: digestOf(bytes), bytes };
}

export async function push(repository: Repository, { digest, bytes }: Blob): Promise<void> {
  await repository.pushBlob({
    digest,
    size: bytes.length,
    async *open(position) {
      for (let at = position; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
    },
  });
}

export async function pull(repository: Repository, { digest, bytes }: Blob): Promise<Uint8Array> {
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

/** What happened in all transfers. */
interface Counts {
  transfers: number;
  faults: number;
}

/** Pushes and pulls blobs of these sizes and a manifest, with random faults, and checks what the registry has seen. */
async function transfer(
  behaviour: Partial<Behaviour>,
  seed: number,
  sizes: readonly number[],
  hasTokens: boolean,
  counts: Counts,
): Promise<void> {
  const secret = 'secret word';
  const registry = await startTestRegistry({
    behaviour,
    faults: randomFaults({ seed }),
    ...(hasTokens ? { authentication: { kind: 'bearer', users: { me: secret } } } : {}),
  });
  const login = hasTokens ? ({ kind: 'password', username: 'me', password: secret } as const) : undefined;
  const client = new TestClient({ domain: registry.domain, login, idleTimeoutMs: 500 });
  try {
    const repository = client.repository('team/app');
    const blobs = [...new Map(sizes.map(blobOf).map((blob) => [blob.digest, blob])).values()];
    await Promise.all(blobs.map((blob) => push(repository, blob)));
    const manifest = manifestOf(blobs);
    await repository.pushManifest('v1', manifest);
    expect((await repository.manifest('v1')).digest).toBe(manifest.digest);
    for (const blob of blobs) expect(digestOf(await pull(repository, blob))).toBe(blob.digest);
    counts.transfers += blobs.length * 2;
    counts.faults += cuts(registry);

    const pushes = registry.log.pushes();
    for (const { digest } of blobs) expect(pushes.get(digest)?.times).toBe(1);
    if (behaviour.uploadStatus && behaviour.cutUploads === 'kept')
      expect(registry.log.repeatedUploadBytes()).toBeLessThanOrEqual(cuts(registry) * MAX_REPEATED_BYTES);
    // The password goes to the token server, the token to the registry, and nothing to the content server.
    for (const { server } of registry.log.mentions(secret)) expect(server).toBe('tokens');
    for (const { server } of registry.log.credentials()) expect(server).not.toBe('blobs');
  } finally {
    client.close();
    await registry.stop();
  }
}

/** Most of the time of a transfer is waiting: for closed connections, and between attempts. */
const AT_ONCE = 4;

/**
 * Runs transfers with random behaviours and faults, several at once, each with a registry of its own. Throws where one does not
 * end right.
 */
export async function runTransfers(numRuns: number, hasTokens: boolean): Promise<Counts> {
  const counts: Counts = { transfers: 0, faults: 0 };
  const seed = fc.readConfigureGlobal().seed ?? Date.now();
  const lanes = Array.from({ length: AT_ONCE }, (_, lane) =>
    fc.assert(
      fc.asyncProperty(
        behaviours,
        fc.integer(),
        fc.array(fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 600_000 })), {
          minLength: 2,
          maxLength: 4,
        }),
        (behaviour, faultSeed, sizes) => transfer(behaviour, faultSeed, sizes, hasTokens, counts),
      ),
      { numRuns: Math.ceil(numRuns / AT_ONCE), seed: seed + lane + (hasTokens ? AT_ONCE : 0) },
    ),
  );
  await Promise.all(lanes);
  return counts;
}
