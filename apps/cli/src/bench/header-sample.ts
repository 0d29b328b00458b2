import { runEventLoop } from '@layers/core/io';
import type { BenchOptions } from './bench-options.js';
import type { Blob } from './blobs.js';
import type { OnTar } from './stream-stages.js';

/** The most bytes of headers in memory. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Header blocks of one layer in memory, without the data between them. */
export interface HeaderSample {
  readonly entries: number;
  readonly bytes: Uint8Array;
}

/** Collects the headers of a layer, as many as fit. */
interface HeaderCollector {
  /** Bytes of the headers. */
  readonly bytes: number;
  /** Adds bytes of the uncompressed layer from position `at`, in order. */
  take(bytes: Uint8Array, at: number): void;
  /** Reads the headers of a layer that is stored uncompressed. */
  read(source: Blob['source']): void;
  result(): HeaderSample;
}

/** The headers of layers: read from uncompressed layers, collected from compressed ones while they are inflated. */
export interface Headers {
  readonly onTar: OnTar;
  /** Returns the sample. To be called after all layers. */
  samples(): HeaderSample[];
}

/** Collects at most 64 MiB of headers. Throws ERR_LAYERS_READ and the signal's reason. */
export async function collectHeaders(layers: readonly Blob[], options: BenchOptions): Promise<Headers> {
  const collectors: HeaderCollector[] = [];
  const streamed = new Map<Blob, HeaderCollector>();
  let room = MAX_HEADER_BYTES;
  for (const blob of layers) {
    if (blob.changeset === null) continue;
    const collector = createHeaderCollector(blob.changeset, room);
    room -= collector.bytes;
    collectors.push(collector);
    if (blob.compression === null) collector.read(blob.source);
    else streamed.set(blob, collector);
    await runEventLoop(options.signal);
  }
  return {
    onTar: (blob, bytes, at) => streamed.get(blob)?.take(bytes, at),
    samples: () => collectors.map((collector) => collector.result()),
  };
}

/** @param room the most bytes of headers; only whole entries are kept */
export function createHeaderCollector(
  { count, headerOffset, headerBytes }: NonNullable<Blob['changeset']>,
  room: number,
): HeaderCollector {
  let entries = 0;
  let total = 0;
  while (entries < count && total + (headerBytes[entries] ?? 0) <= room) total += headerBytes[entries++] ?? 0;
  const held = new Uint8Array(total);
  let filled = 0;
  let entry = 0;
  let done = 0;
  return {
    bytes: total,
    take(bytes, at) {
      const end = at + bytes.length;
      while (entry < entries) {
        const start = (headerOffset[entry] ?? 0) + done;
        if (start >= end) return;
        const length = Math.min((headerBytes[entry] ?? 0) - done, end - start);
        held.set(bytes.subarray(start - at, start - at + length), filled);
        filled += length;
        done += length;
        if (done < (headerBytes[entry] ?? 0)) return;
        entry++;
        done = 0;
      }
    },
    read(source) {
      const open = source.open();
      try {
        for (let i = 0; i < entries; i++) {
          const length = headerBytes[i] ?? 0;
          filled += open.read(held.subarray(filled, filled + length), headerOffset[i] ?? 0);
        }
      } finally {
        open.close();
      }
    },
    result: () => ({ entries, bytes: held.subarray(0, filled) }),
  };
}
