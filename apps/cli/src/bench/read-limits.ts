import type { OpenBytes, SyncByteSource } from '@layers/core/io';
import { bestRate } from './best-rate.js';
import type { Limit } from './stage.js';
import type { Reads } from './walk-stage.js';

const BLOCK_BYTES = 1024 * 1024;
const SLICE_BLOCKS = 16;

/** Measures reading a source in blocks of 1 MiB, from the page cache where the file fits. */
export function fileReadLimit(source: SyncByteSource, maxSeconds: number): Limit {
  const length = source.size;
  const block = new Uint8Array(Math.max(1, Math.min(BLOCK_BYTES, length)));
  const bytesPerSecond = whileOpen(source, (file) => {
    let at = 0;
    return bestRate(() => {
      let bytes = 0;
      for (let i = 0; i < SLICE_BLOCKS; i++) {
        const got = file.read(block, at);
        bytes += got;
        at = got === 0 || at + got >= length ? 0 : at + got;
      }
      return bytes;
    }, maxSeconds);
  });
  return { name: 'file-read', bytesPerSecond };
}

/** Repeats the reads of a walk alone, to measure the system. Returns null where there were none. */
export function sameReadsLimit(reads: readonly Reads[], maxSeconds: number): Limit | null {
  if (reads.every(({ pairs }) => pairs.length === 0)) return null;
  const longest = reads.reduce(
    (most, { pairs }) =>
      pairs.reduce((length, value, i) => (i % 2 === 1 ? Math.max(length, value) : length), most),
    1,
  );
  const target = new Uint8Array(longest);
  const bytesPerSecond = bestRate(() => {
    let bytes = 0;
    for (const { source, pairs } of reads) {
      bytes += whileOpen(source, (file) => {
        let got = 0;
        for (let i = 0; i + 1 < pairs.length; i += 2)
          got += file.read(target.subarray(0, pairs[i + 1] ?? 0), pairs[i] ?? 0);
        return got;
      });
    }
    return bytes;
  }, maxSeconds);
  return { name: 'same-reads', bytesPerSecond };
}

function whileOpen(source: SyncByteSource, work: (file: OpenBytes) => number): number {
  const file = source.open();
  try {
    return work(file);
  } finally {
    file.close();
  }
}
