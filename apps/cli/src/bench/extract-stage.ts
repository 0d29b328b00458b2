import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { InspectDocument } from '@layers/core/analysis';
import type { ReadImage } from '@layers/core/image';
import { writeError } from '@layers/core/io';
import { extractRootfs } from '@layers/rewrite/change';
import { humanBytes } from '../output/format.js';
import type { BenchOptions } from './bench-options.js';
import { now } from './clock.js';
import { emptied } from './scratch-folder.js';
import type { Sample } from './stage.js';
import { WRITE_LIMIT_BYTES } from './write-limits.js';

/** The bytes that most file systems need for a small file, a directory or a link, besides its contents. */
const OVERHEAD_BYTES = 4096;

/** An extraction, with the number of created files. */
export interface Extraction {
  readonly sample: Sample;
  readonly files: number;
}

/**
 * Extracts the root file system to a directory below `folder`, as `layers extract` does, and removes it. `bytes` counts
 * the written contents, `entries` the created paths.
 *
 * Throws what `extractRootfs` throws.
 */
export async function extractOnce(
  image: ReadImage,
  folder: string,
  attempt: number,
  { signal, onProgress }: BenchOptions,
): Promise<Extraction> {
  const path = join(folder, `tree-${attempt}`);
  const began = now();
  const report = await extractRootfs(image, path, { signal, onProgress });
  const seconds = now() - began;
  await emptied(path);
  const { files, directories, symlinks, links, others, writtenBytes: bytesWritten } = report;
  return {
    sample: { seconds, bytes: bytesWritten, entries: files + directories + symlinks + links + others },
    files,
  };
}

/** Free space of a file system, as `statfs` reports it. */
export interface Room {
  /** Bytes that are free for this user. */
  readonly bytes: number;
  /** Files that can still be created; null where the file system has no such limit. */
  readonly files: number | null;
}

/** Returns the free space of a directory's file system. Throws ERR_LAYERS_WRITE_OUTPUT where it is not known. */
export function roomAt(folder: string): Room {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    return { bytes: bavail * bsize, files: files === 0 ? null : ffree };
  } catch (cause) {
    throw writeError(folder, cause);
  }
}

/** Returns why a root file system does not fit; null where it fits. */
export function lacksRoom(totals: InspectDocument['totals'], folder: string, room: Room): string | null {
  const paths = totals.files + totals.directories + totals.symlinks + totals.others;
  const needed = totals.rootfsBytes + paths * OVERHEAD_BYTES + WRITE_LIMIT_BYTES;
  if (room.bytes < needed)
    return `needs about ${humanBytes(needed)}, but ${folder} has ${humanBytes(room.bytes)} free: set TMPDIR to another directory`;
  if (room.files !== null && room.files < paths)
    return `creates ${paths} files, but ${folder} has room for ${room.files}: set TMPDIR to another directory`;
  return null;
}
