import { analyse, inspectDocument } from '@layers/core/analysis';
import { type Archive, type ImageDescription, readImage } from '@layers/core/image';
import type { BenchOptions } from './bench-options.js';
import { now } from './clock.js';
import type { Sample } from './stage.js';

/** An archive that can be opened again, and the choice of its image. */
export interface Reopened {
  open(): Promise<Archive>;
  choose(archive: Archive): ImageDescription;
}

/**
 * Does everything that `layers inspect` does between the start of the process and its first line: opens the archive,
 * reads the layers, merges them and accounts for every content. `bytes` are those of the layers as stored.
 */
export async function inspectOnce(
  { open, choose }: Reopened,
  threads: number | undefined,
  { signal, onProgress }: BenchOptions,
): Promise<Sample> {
  const began = now();
  const archive = await open();
  const image = await readImage(archive, choose(archive), { threads, signal, onProgress });
  const { totals } = inspectDocument(analyse(image), { top: 10 });
  return { seconds: now() - began, bytes: totals.storedBytes, entries: totals.entries };
}
