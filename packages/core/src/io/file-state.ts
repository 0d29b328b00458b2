import type { SourceReference, SyncByteSource } from './byte-source.js';
import { exactStatus } from './path-status.js';

/** The bytes of a source as a part of a file. */
export interface FilePart {
  readonly path: string;
  /** Position of the first byte. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
}

/** Returns the part of a file that a source consists of; null for a source that is not stored in a file as it is. */
export function filePartOf(source: SyncByteSource): FilePart | null {
  return partOf(source.reference());
}

function partOf(reference: SourceReference | null): FilePart | null {
  if (reference === null || reference.kind === 'memory' || reference.kind === 'inflated') return null;
  if (reference.kind === 'file') return { path: reference.path, offset: 0, length: reference.size };
  const of = partOf(reference.of);
  return of === null
    ? null
    : { path: of.path, offset: of.offset + reference.offset, length: reference.length };
}

/**
 * Returns a text that changes whenever the file changes, its owner and permissions included; null where that cannot be known: it
 * is no regular file, or it changed so lately that another change could leave the times as they are.
 */
export function fileState(path: string): string | null {
  const stat = exactStatus(path);
  if (stat?.isFile() !== true) return null;
  const { dev, ino, size, mtimeNs, ctimeNs } = stat;
  const now = BigInt(Date.now()) * MILLISECOND;
  const step = stepOf(ctimeNs);
  if (now - mtimeNs < step || now - ctimeNs < step) return null;
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

const MILLISECOND = 1_000_000n;

/** Returns the longest time for which a clock of a file system may stand still. */
function stepOf(timeNs: bigint): bigint {
  // FAT has steps of 2 s. A kernel advances the times of files with its ticks, of up to 10 ms.
  return timeNs % (1000n * MILLISECOND) === 0n ? 2500n * MILLISECOND : 25n * MILLISECOND;
}
