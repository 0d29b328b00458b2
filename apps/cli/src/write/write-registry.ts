import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ignorable } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import type { PushedImage } from '@layers/registry/copy';
import { writeImages } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { registryClient, registryRepository } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import type { Session } from '../session.js';
import { readBack } from './read-back.js';
import type { RegistryOutput } from './registry-output.js';
import type { WorkOptions } from './write-progress.js';

/** Pushes images: one, or several platforms as an index. Throws as `pushImages` does. */
export async function writeToRegistry(
  images: readonly NewImage[],
  { registry }: Pick<RegistryOutput, 'registry'>,
  flags: RegistryFlags,
  session: Session,
  { signal, onProgress }: WorkOptions,
): Promise<PushedImage> {
  const { pushImages } = await import('@layers/registry/copy');
  const client = await registryClient(session, flags);
  return pushImages(client.repository(registry), registry.tag, images, {
    signal,
    onProgress,
    onFailure: (error) => client.stop(error),
  });
}

/** Reads the pushed images into a temporary layout, and compares them as `readBack` does. */
export async function readBackFromRegistry(
  before: readonly ReadImage[],
  results: readonly WrittenImage[],
  { registry }: Pick<RegistryOutput, 'registry'>,
  check: readonly Ignorable[],
  flags: RegistryFlags,
  session: Session,
  options: WorkOptions,
): Promise<boolean | null> {
  const { describeGraph, fetchGraph, graphImages } = await import('@layers/registry/copy');
  const repository = await registryRepository(registry, session, { ...flags, mirror: [] });
  const directory = mkdtempSync(join(tmpdir(), 'layers-check-'));
  try {
    const images = graphImages(await describeGraph(await fetchGraph(repository, registry, { all: true })));
    const path = join(directory, 'layout');
    const named = images.map((image) => ({ ...image, tags: [] }));
    await writeImages(
      named,
      { kind: 'directory', path, force: false },
      { format: 'oci-dir', signal: options.signal, onProgress: options.onProgress },
    );
    return (await readBack(before, results, path, check, options)).sameRootfs;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
