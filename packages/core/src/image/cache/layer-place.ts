import { createHash } from 'node:crypto';
import type { SyncByteSource } from '../../io/byte-source.js';
import { openPath } from '../../io/directory.js';
import { filePartOf, fileState } from '../../io/file-state.js';

/** Where a layer or an archive is stored on this machine. */
export interface LayerPlace {
  readonly source: SyncByteSource;
  /** The path of the file. */
  readonly path: string;
  /** The state of the file, and the part of it: other bytes have other names. */
  readonly name: string;
}

/** Returns the place of a layer now; null for a layer that is not in a file, or in one that changed just now. */
export function placeOf(source: SyncByteSource): LayerPlace | null {
  const part = filePartOf(source);
  if (part === null) return null;
  const state = fileState(part.path);
  if (state === null) return null;
  return { source, path: part.path, name: `${state} ${part.offset} ${part.length}` };
}

/**
 * Returns the place of an archive now; null for what is not a file, and for a file that changed just now. Throws
 * ERR_LAYERS_READ.
 */
export function archivePlace(path: string): LayerPlace | null {
  const opened = openPath(path);
  return opened?.kind === 'file' ? placeOf(opened.source) : null;
}

/** How many pieces of a layer are compared before its index is used, and of how many bytes. */
const SAMPLES = 8;
const SAMPLE_BYTES = 1024;

/**
 * Returns a digest of the first and last bytes of a layer, and of some between, in hexadecimal. Shows that a file was replaced
 * on a file system whose times do not. Throws ERR_LAYERS_READ.
 *
 * @param samples how many pieces are compared
 */
export function sampleOf(source: SyncByteSource, samples = SAMPLES): string {
  const hash = createHash('sha256');
  const open = source.open();
  try {
    const bytes = new Uint8Array(SAMPLE_BYTES);
    const last = Math.max(0, source.size - SAMPLE_BYTES);
    for (let sample = 0; sample < samples; sample++) {
      const position = Math.floor((last * sample) / (samples - 1));
      hash.update(bytes.subarray(0, open.read(bytes, position)));
    }
  } finally {
    open.close();
  }
  return hash.digest('hex');
}
