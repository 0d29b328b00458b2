import { chosenSample } from '../chunks/sample.js';
import type { Database } from '../engine/duckdb.js';
import { readParquet } from '../engine/read-parquet.js';
import type { FleetFolder } from '../folder/fleet-folder.js';

/** Which chunks a scan is to find. */
export interface ChunkChoice {
  /** Of how many chunks one is kept: 1 for all. Default: more than one for fleets of more than ten million chunks. */
  readonly oneIn?: number | undefined;
}

/** Which chunks of layers a fleet has, by the numbers of their tars. */
export class KnownChunks {
  /** Of how many chunks of a tar one is known. */
  readonly #oneIn = new Map<number, number>();
  /** The chunks of all tars, with those that are in no sample. */
  #count = 0;

  /** Reads what is in the files of a fleet. */
  static async read(database: Database, folder: FleetFolder): Promise<KnownChunks> {
    const known = new KnownChunks();
    const rows = await readParquet(database, folder.filesOf('chunked'), ['tree', 'one_in', 'chunks']);
    for (const [tree, oneIn, count] of rows) known.keep(Number(tree), Number(oneIn), Number(count));
    return known;
  }

  /** Returns of how many chunks of a tar one is known; null where its chunks are not known. */
  sampleOf(tree: number): number | null {
    return this.#oneIn.get(tree) ?? null;
  }

  /** Whether a tar need not be read for its chunks. */
  isSettled(tree: number, choice: ChunkChoice | null): boolean {
    if (choice === null) return true;
    const known = this.sampleOf(tree);
    return known !== null && (choice.oneIn === undefined || known <= choice.oneIn);
  }

  /**
   * Returns of how many chunks of the next tar one is kept.
   *
   * @param count the number of its chunks
   */
  nextSample({ oneIn }: ChunkChoice, count: number): number {
    return oneIn ?? chosenSample(this.#count + count);
  }

  /** Remembers the chunks of a tar. */
  keep(tree: number, oneIn: number, count: number): void {
    const before = this.#oneIn.get(tree);
    if (before === undefined) this.#count += count;
    this.#oneIn.set(tree, Math.min(oneIn, before ?? oneIn));
  }
}
