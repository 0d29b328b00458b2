import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories, writing } from '@layers/core/io';
import { appendRows } from '../engine/append-rows.js';
import type { Database } from '../engine/duckdb.js';
import { joinParquet, writeParquet } from '../engine/write-parquet.js';
import { fileBatches } from '../read/file-batches.js';
import type { LayerFiles } from '../read/image-facts.js';
import type { Columns } from '../schema/rows.js';
import { tableNamed } from '../schema/tables.js';

const FILES = tableNamed('files');

/** The most rows in memory. They take several times the memory that they take in a file. */
const MOST_ROWS = 150_000;
/** The most rows that wait to be handed over at once. */
const MOST_WAITING = 16_384;

/** The rows of `files` of a part: a layer can have a million. Most of them wait in temporary files. */
export class FilesBuffer {
  readonly #database: Database;
  readonly #temporary: string;
  #chunks: string[] = [];
  /** Rows that are not in the database yet. */
  #waiting: Columns[] = [];
  #waitingRows = 0;
  /** Rows in the database. */
  #rows = 0;

  /** @param temporary a directory, which is made when it is needed */
  constructor(database: Database, temporary: string) {
    this.#database = database;
    this.#temporary = temporary;
  }

  async add(tree: number, files: LayerFiles): Promise<void> {
    for (const columns of fileBatches(files)) {
      const rows = columns[0]?.length ?? 0;
      this.#waiting.push([new Array<number>(rows).fill(tree), ...columns]);
      this.#waitingRows += rows;
      if (this.#waitingRows >= MOST_WAITING) await this.#hand();
    }
  }

  /** Writes all rows to a file, and forgets them. */
  async writeTo(file: string): Promise<void> {
    await this.#hand();
    if (this.#chunks.length === 0) await writeParquet(this.#database, FILES, file);
    else {
      if (this.#rows > 0) await this.#spill();
      const [only] = this.#chunks;
      if (this.#chunks.length > 1 || only === undefined)
        await joinParquet(this.#database, FILES, this.#chunks, file);
      else writing(file, () => renameSync(only, file));
    }
    for (const chunk of this.#chunks) rmSync(chunk, { force: true });
    this.#chunks = [];
    this.#rows = 0;
  }

  /** Hands rows to the database. Each time takes as long as hundreds of rows. */
  async #hand(): Promise<void> {
    await appendRows(this.#database, FILES, this.#waiting);
    this.#rows += this.#waitingRows;
    this.#waiting = [];
    this.#waitingRows = 0;
    if (this.#rows >= MOST_ROWS) await this.#spill();
  }

  async #spill(): Promise<void> {
    writing(this.#temporary, () => makeDirectories(this.#temporary));
    const chunk = join(this.#temporary, `files-${this.#chunks.length}.parquet`);
    await writeParquet(this.#database, FILES, chunk);
    this.#chunks.push(chunk);
    this.#rows = 0;
  }
}
