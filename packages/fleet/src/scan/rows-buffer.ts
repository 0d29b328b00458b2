import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories, writing } from '@layers/core/io';
import { appendRows } from '../engine/append-rows.js';
import type { Database } from '../engine/duckdb.js';
import { joinParquet, writeParquet } from '../engine/write-parquet.js';
import type { Columns } from '../schema/rows.js';
import type { FleetTable } from '../schema/tables.js';

/** The most rows in memory. They take several times the memory that they take in a file. */
const MOST_ROWS = 150_000;
/** The most rows that wait to be handed over at once. */
const MOST_WAITING = 16_384;

/** The rows of a table that layers of a part have: a layer can have a million. Most of them wait in temporary files. */
export class RowsBuffer {
  readonly #database: Database;
  readonly #table: FleetTable;
  readonly #temporary: string;
  #spilled: string[] = [];
  /** Rows that are not in the database yet. */
  #waiting: Columns[] = [];
  #waitingRows = 0;
  /** Rows in the database. */
  #rows = 0;

  /** @param temporary a directory, which is made when it is needed */
  constructor(database: Database, table: FleetTable, temporary: string) {
    this.#database = database;
    this.#table = table;
    this.#temporary = temporary;
  }

  /** @param batches columns after `tree` */
  async add(tree: number, batches: Iterable<Columns>): Promise<void> {
    for (const columns of batches) {
      const rows = columns[0]?.length ?? 0;
      this.#waiting.push([new Array<number>(rows).fill(tree), ...columns]);
      this.#waitingRows += rows;
      if (this.#waitingRows >= MOST_WAITING) await this.#hand();
    }
  }

  /** Writes all rows to a file, and forgets them. */
  async writeTo(file: string): Promise<void> {
    await this.#hand();
    if (this.#spilled.length === 0) await writeParquet(this.#database, this.#table, file);
    else {
      if (this.#rows > 0) await this.#spill();
      const [only] = this.#spilled;
      if (this.#spilled.length > 1 || only === undefined)
        await joinParquet(this.#database, this.#table, this.#spilled, file);
      else writing(file, () => renameSync(only, file));
    }
    for (const each of this.#spilled) rmSync(each, { force: true });
    this.#spilled = [];
    this.#rows = 0;
  }

  /** Hands rows to the database. Each time takes as long as hundreds of rows. */
  async #hand(): Promise<void> {
    await appendRows(this.#database, this.#table, this.#waiting);
    this.#rows += this.#waitingRows;
    this.#waiting = [];
    this.#waitingRows = 0;
    if (this.#rows >= MOST_ROWS) await this.#spill();
  }

  async #spill(): Promise<void> {
    writing(this.#temporary, () => makeDirectories(this.#temporary));
    const file = join(this.#temporary, `${this.#table.name}-${this.#spilled.length}.parquet`);
    await writeParquet(this.#database, this.#table, file);
    this.#spilled.push(file);
    this.#rows = 0;
  }
}
