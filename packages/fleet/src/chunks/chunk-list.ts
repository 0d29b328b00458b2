import { sampleLimit } from './sample.js';

/** The chunks of the files of a layer, in the order of their bytes. Plain data. */
export interface LayerChunks {
  /** Of how many chunks one is here: all of a smaller sample are, too. */
  readonly oneIn: number;
  /** The number of all chunks, those that are not in the sample included. */
  readonly count: number;
  /** The entry of each chunk. */
  readonly entries: Int32Array;
  /** Its number. */
  readonly chunks: Float64Array;
  readonly sizes: Int32Array;
}

const FIRST_ROWS = 256;

/** Collects the chunks of a layer that are in a sample. */
export class ChunkList {
  readonly #oneIn: number;
  readonly #limit: number;
  #count = 0;
  #rows = 0;
  #entries = new Int32Array(FIRST_ROWS);
  #chunks = new Float64Array(FIRST_ROWS);
  #sizes = new Int32Array(FIRST_ROWS);

  /** @param oneIn of how many chunks one is kept */
  constructor(oneIn: number) {
    this.#oneIn = oneIn;
    this.#limit = sampleLimit(oneIn);
  }

  add(entry: number, chunk: number, size: number): void {
    this.#count++;
    if (chunk >= this.#limit) return;
    if (this.#rows === this.#entries.length) this.#grow();
    this.#entries[this.#rows] = entry;
    this.#chunks[this.#rows] = chunk;
    this.#sizes[this.#rows] = size;
    this.#rows++;
  }

  list(): LayerChunks {
    return {
      oneIn: this.#oneIn,
      count: this.#count,
      entries: this.#entries.slice(0, this.#rows),
      chunks: this.#chunks.slice(0, this.#rows),
      sizes: this.#sizes.slice(0, this.#rows),
    };
  }

  #grow(): void {
    const length = 2 * this.#rows;
    const [entries, chunks, sizes] = [this.#entries, this.#chunks, this.#sizes];
    this.#entries = new Int32Array(length);
    this.#chunks = new Float64Array(length);
    this.#sizes = new Int32Array(length);
    this.#entries.set(entries);
    this.#chunks.set(chunks);
    this.#sizes.set(sizes);
  }
}

/** The rows of a batch: one chunk of DuckDB. */
const BATCH_ROWS = 2048;

/**
 * Yields rows in batches, as columns of the table `chunks` after `tree`.
 *
 * @param from the least number of a chunk; smaller ones have rows already
 * @param limit the number below which chunks are in the sample
 */
export function* chunkBatches(
  { entries, chunks, sizes }: LayerChunks,
  { from, limit }: { readonly from: number; readonly limit: number },
): Generator<readonly [entries: number[], chunks: number[], sizes: number[]]> {
  let batch: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i] ?? 0;
    if (chunk < from || chunk >= limit) continue;
    batch[0].push(entries[i] ?? 0);
    batch[1].push(chunk);
    batch[2].push(sizes[i] ?? 0);
    if (batch[0].length !== BATCH_ROWS) continue;
    yield batch;
    batch = [[], [], []];
  }
  if (batch[0].length > 0) yield batch;
}
