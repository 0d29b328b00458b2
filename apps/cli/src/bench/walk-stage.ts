import { runEventLoop, type SyncByteSource } from '@layers/core/io';
import { type SeekableBytes, walkTar } from '@layers/tar';
import type { BenchOptions } from './bench-options.js';
import type { Blob } from './blobs.js';
import { now } from './clock.js';
import type { Sample } from './stage.js';

/** The number of reads to record, for a repetition without the walk. */
const MAX_READS = 65_536;

/** Recorded reads: pairs of position and length. */
export interface Reads {
  readonly source: SyncByteSource;
  readonly pairs: number[];
}

/** A walk, and what it read. */
export interface Walk {
  readonly sample: Sample;
  readonly reads: readonly Reads[];
}

/**
 * Walks the headers of uncompressed layers and seeks over their contents, as `layers inspect` does. `bytes` are those
 * that were read for it. Throws ERR_LAYERS_READ, ERR_LAYERS_TAR_*, and the signal's reason.
 */
export async function walkOnce(blobs: readonly Blob[], options: BenchOptions): Promise<Walk> {
  const reads: Reads[] = [];
  let remembered = 0;
  let bytes = 0;
  let entries = 0;
  let seconds = 0;
  for (const { source: closed } of blobs) {
    const pairs: number[] = [];
    reads.push({ source: closed, pairs });
    const source = closed.open();
    const counted: SeekableBytes = {
      size: source.size,
      read(target, position) {
        const got = source.read(target, position);
        bytes += got;
        if (remembered++ < MAX_READS) pairs.push(position, got);
        return got;
      },
    };
    try {
      let began = now();
      for (const _ of walkTar(counted)) {
        entries++;
        if (entries % 4096 !== 0) continue;
        seconds += now() - began;
        await runEventLoop(options.signal);
        began = now();
      }
      seconds += now() - began;
    } finally {
      source.close();
    }
  }
  return { sample: { seconds, bytes, entries }, reads };
}
