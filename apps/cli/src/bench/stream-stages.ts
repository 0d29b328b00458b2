import { decompressStream } from '@layers/core/compression';
import { createDigester } from '@layers/core/digest';
import { Yielder } from '@layers/core/io';
import type { BenchOptions } from './bench-options.js';
import type { Blob } from './blobs.js';
import { now } from './clock.js';
import type { Sample } from './stage.js';

const CHUNK_BYTES = 256 * 1024;

/** Times of one pass over all blobs, by stage. */
export interface StreamSamples {
  readonly read: Sample;
  /** Null where nothing is compressed. */
  readonly inflate: Sample | null;
  readonly sha256: Sample;
}

/** Called with the uncompressed bytes of a blob and their position; its time counts for no stage. */
export type OnTar = (blob: Blob, bytes: Uint8Array, at: number) => void;

/** A stage within the pass. */
interface Lap {
  seconds: number;
  bytes: number;
}

/**
 * Reads every blob once, inflates it, and computes the digests that `layers verify` computes: of the bytes as stored
 * and, of a compressed layer, of the uncompressed ones too. The clock of each stage runs only while that stage works.
 *
 * Throws ERR_LAYERS_READ, the errors of the compressions, and the signal's reason.
 */
export async function streamOnce(
  blobs: readonly Blob[],
  options: BenchOptions,
  onTar?: OnTar,
): Promise<StreamSamples> {
  const pass = { read: newLap(), inflate: newLap(), sha256: newLap() };
  const totalBytes = blobs.reduce((sum, { source }) => sum + source.size, 0);
  const yielder = new Yielder({
    signal: options.signal,
    onPause: (doneBytes) => options.onProgress?.({ doneBytes, totalBytes }),
  });
  for (const blob of blobs) await streamBlob(blob, pass, yielder, onTar);
  const isCompressed = blobs.some(({ compression }) => compression !== null);
  return {
    read: sampleOf(pass.read),
    inflate: isCompressed ? sampleOf(pass.inflate) : null,
    sha256: sampleOf(pass.sha256),
  };
}

async function streamBlob(
  blob: Blob,
  { read, inflate, sha256 }: { read: Lap; inflate: Lap; sha256: Lap },
  yielder: Yielder,
  onTar: OnTar | undefined,
): Promise<void> {
  const { source: closed, compression, isInput, changeset } = blob;
  const isLayer = changeset !== null;
  const stored = createDigester();
  const tar = createDigester();
  /** Seconds that the inflater waited for others. */
  let outside = 0;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const source = closed.open();
    const chunk = new Uint8Array(CHUNK_BYTES);
    try {
      let began = now();
      for (let at = 0; at < source.size; ) {
        const got = source.read(chunk, at);
        const ended = now();
        if (isInput) add(read, ended - began, got);
        if (got === 0) break;
        at += got;
        const bytes = chunk.subarray(0, got);
        if (isLayer) hash(stored, bytes);
        if (yielder.count(got)) await yielder.pause();
        outside += now() - began;
        yield bytes;
        began = now();
      }
    } finally {
      source.close();
    }
  }

  function hash(digester: ReturnType<typeof createDigester>, bytes: Uint8Array): void {
    const began = now();
    digester.update(bytes);
    add(sha256, now() - began, bytes.length);
  }

  if (compression === null) {
    let at = 0;
    for await (const bytes of chunks()) {
      onTar?.(blob, bytes, at);
      at += bytes.length;
    }
  } else {
    const inflated = decompressStream(chunks(), compression);
    for (let at = 0; ; ) {
      const before = outside;
      const began = now();
      const next = await inflated.next();
      const bytes = next.done === true ? 0 : next.value.length;
      add(inflate, now() - began - (outside - before), bytes);
      if (next.done === true) break;
      if (isLayer) hash(tar, next.value);
      onTar?.(blob, next.value, at);
      at += bytes;
    }
  }
  const began = now();
  if (isLayer) stored.digest();
  if (isLayer && compression !== null) tar.digest();
  add(sha256, now() - began, 0);
}

function newLap(): Lap {
  return { seconds: 0, bytes: 0 };
}

function add(lap: Lap, seconds: number, bytes: number): void {
  lap.seconds += Math.max(0, seconds);
  lap.bytes += bytes;
}

function sampleOf({ seconds, bytes }: Lap): Sample {
  return { seconds, bytes, entries: null };
}
