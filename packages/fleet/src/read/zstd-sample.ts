import { compressBound, openZstd, type ZstdCompressor } from '@layers/rewrite/compress';

/** The bytes of a piece of a tar that is compressed, at the beginning of every `SAMPLE_EVERY_BYTES`. */
export const SAMPLE_PIECE_BYTES = 1024 ** 2;
export const SAMPLE_EVERY_BYTES = 16 * SAMPLE_PIECE_BYTES;

/** The default of zstd, and of builders. */
const LEVEL = 3;

/** What zstd made of a sample of a tar. */
export interface ZstdSample {
  /** The bytes of the sample. */
  readonly bytes: number;
  /** Those of the sample compressed. */
  readonly zstdBytes: number;
}

let opened: Promise<ZstdCompressor> | undefined;

export type OpenSampler = () => ZstdSampler;

/** Returns what opens samplers. All use one compressor. */
export async function loadSampler(): Promise<OpenSampler> {
  opened ??= openZstd(LEVEL);
  const zstd = await opened;
  return () => new ZstdSampler(zstd);
}

/** Measures on a sample how well zstd compresses a tar: all of it would take as long as to read it. */
export class ZstdSampler {
  readonly #zstd: ZstdCompressor;
  readonly #buffer = new Uint8Array(SAMPLE_PIECE_BYTES + compressBound(SAMPLE_PIECE_BYTES));
  #filled = 0;
  #position = 0;
  #bytes = 0;
  #zstdBytes = 0;

  constructor(zstd: ZstdCompressor) {
    this.#zstd = zstd;
  }

  /** Takes the next bytes of the tar. */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const within = (this.#position + at) % SAMPLE_EVERY_BYTES;
      if (within >= SAMPLE_PIECE_BYTES) {
        at += SAMPLE_EVERY_BYTES - within;
        continue;
      }
      const part = chunk.subarray(at, at + SAMPLE_PIECE_BYTES - within);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === SAMPLE_PIECE_BYTES) this.#compress();
    }
    this.#position += chunk.length;
  }

  /** Returns what zstd made of the sample. */
  end(): ZstdSample {
    if (this.#filled > 0) this.#compress();
    return { bytes: this.#bytes, zstdBytes: this.#zstdBytes };
  }

  #compress(): void {
    const block = {
      buffer: this.#buffer,
      start: 0,
      end: this.#filled,
      outputStart: SAMPLE_PIECE_BYTES,
      isLast: true,
    };
    this.#zstdBytes += this.#zstd.compress(block);
    this.#bytes += this.#filled;
    this.#filled = 0;
  }
}
