import { type PlainRequest, type PlainResponse, plainRequest } from '@layers/testing/plain-request';
import {
  digestOf,
  startTestRegistry,
  type TestRegistry,
  type TestRegistryOptions,
} from '@layers/testing/registry';
import { afterEach } from 'vitest';

const running: TestRegistry[] = [];

/** Starts registries that stop at the end of each test. */
export function useRegistries(): (options?: TestRegistryOptions) => Promise<TestRegistry> {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((registry) => registry.stop()));
  });
  return async (options) => {
    const registry = await startTestRegistry(options);
    running.push(registry);
    return registry;
  };
}

/** Sends a request to a path of a registry, or to a location that it answered. */
export function ask(
  registry: { origin: string },
  path: string,
  options: PlainRequest = {},
): Promise<PlainResponse> {
  return plainRequest(new URL(path, registry.origin), options);
}

/** Returns the codes of the errors in an answer. */
export function codesOf({ text }: PlainResponse): string[] {
  const { errors }: { errors: { code: string }[] } = JSON.parse(text);
  return errors.map(({ code }) => code);
}

/** Uploads a blob in one request after `POST`, and returns its digest. */
export async function upload(registry: { origin: string }, name: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes);
  const location = await newUpload(registry, name);
  const { status } = await ask(registry, withDigest(location, digest), { method: 'PUT', body: bytes });
  if (status !== 201) throw new Error(`PUT: ${status}`);
  return digest;
}

export async function newUpload(registry: { origin: string }, name: string): Promise<string> {
  const { headers } = await ask(registry, `/v2/${name}/blobs/uploads/`, { method: 'POST' });
  return headers['location'] ?? '';
}

export function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}${new URLSearchParams({ digest })}`;
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Returns a manifest of blobs, the first of which is the config. */
export function manifestOf(
  blobs: readonly Uint8Array[],
  more: Readonly<Record<string, unknown>> = {},
): Buffer {
  const [config, ...layers] = blobs.map((bytes, i) => ({
    mediaType: `application/vnd.oci.image.${i === 0 ? 'config.v1+json' : 'layer.v1.tar'}`,
    digest: digestOf(bytes),
    size: bytes.length,
  }));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers, ...more }));
}

/** Pushes an image of two blobs, and returns the digest of its manifest. */
export async function push(
  registry: { origin: string },
  name: string,
  tag: string,
  more = {},
): Promise<string> {
  const blobs = [Buffer.from('{}'), Buffer.from('layer')];
  for (const bytes of blobs) await upload(registry, name, bytes);
  const body = manifestOf(blobs, more);
  const headers = { 'Content-Type': MANIFEST };
  const { status } = await ask(registry, `/v2/${name}/manifests/${tag}`, { method: 'PUT', headers, body });
  if (status !== 201) throw new Error(`PUT of the manifest: ${status}`);
  return digestOf(body);
}
