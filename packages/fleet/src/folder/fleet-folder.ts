import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories, reading, withAtomicFile, writing } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { CHUNK_TABLES, TABLE_NAMES, type TableName } from '../schema/tables.js';
import { decodeState, EMPTY_STATE, encodeState, type FleetState } from './state.js';

const STATE_FILE = 'fleet.json';

/** Parts whose files of `files` are smaller are small. Ten million rows have some 60 MB. */
const SMALL_BYTES = 16e6;
const MANY_PARTS = 16;

/** Tables whose rows never change: they describe images and layers by their digests. */
export const FACTS = [
  'images',
  'image_layers',
  'layers',
  'files',
  'hidden',
  'links',
  'packages',
] as const satisfies readonly TableName[];

/** Tables that say where the last scan found what: one file each, which every commit replaces. */
export const FINDINGS = ['tags', 'problems'] as const satisfies readonly TableName[];

/** Which tables a commit has new rows of, besides those of findings. */
export interface NewRows {
  readonly facts: boolean;
  readonly chunks: boolean;
}

/** What a commit says of a scan. */
export type NewState = Pick<FleetState, 'complete' | 'shard' | 'sources'>;

/** A folder of Parquet files: a folder of each table, and `fleet.json`, which says which of the files count. */
export class FleetFolder {
  readonly path: string;
  #state: FleetState;

  private constructor(path: string, state: FleetState) {
    this.path = path;
    this.#state = state;
  }

  /** Opens a fleet to ask it. Throws ERR_LAYERS_READ where there is none. */
  static open(path: string): FleetFolder {
    const file = join(path, STATE_FILE);
    if (!existsSync(file)) {
      throw new LayersError('ERR_LAYERS_READ', `${path} is not a fleet: it has no ${STATE_FILE}`, {
        archive: path,
        hint: 'name a folder that a scan wrote',
      });
    }
    return new FleetFolder(
      path,
      decodeState(
        reading(file, () => readFileSync(file, 'utf8')),
        file,
      ),
    );
  }

  /**
   * Makes the folder of a fleet, if it does not exist.
   *
   * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS for a folder with other files; ERR_LAYERS_WRITE_OUTPUT
   */
  static prepare(path: string): void {
    if (existsSync(join(path, STATE_FILE))) return;
    writing(path, () => makeDirectories(path));
    const other = writing(path, () => readdirSync(path)).find((name) => !isOwn(name));
    if (other !== undefined) {
      throw new LayersError(
        'ERR_LAYERS_OUTPUT_EXISTS',
        `${path} is a folder of other files, such as ${other}`,
        {
          hint: 'name an empty folder, or one that does not exist',
        },
      );
    }
  }

  /**
   * Opens a fleet to add to it, in a folder that `prepare` made. Removes the files of a scan that was killed. Throws
   * ERR_LAYERS_READ.
   */
  static openToWrite(path: string): FleetFolder {
    const isNew = !existsSync(join(path, STATE_FILE));
    const folder = isNew ? new FleetFolder(path, EMPTY_STATE) : FleetFolder.open(path);
    folder.#removeStray();
    return folder;
  }

  get state(): FleetState {
    return this.#state;
  }

  /** Returns the files of a table that count, in the order of their rows. */
  filesOf(table: TableName): readonly string[] {
    const { parts, chunkParts, findings } = this.#state;
    if (isFindings(table)) return findings === null ? [] : [this.#file(table, findings)];
    return (isOfChunks(table) ? chunkParts : parts).map((part) => this.#file(table, part));
  }

  /**
   * Adds files to the fleet, all or none of them.
   *
   * @param rows which tables have new rows, besides those of findings
   * @param state what the new `fleet.json` says
   * @param write writes the rows of a table to a file
   */
  commit(
    rows: NewRows,
    state: NewState,
    write: (table: TableName, file: string) => Promise<void>,
  ): Promise<void> {
    return this.#commit(rows, state, write, this.#state);
  }

  /** Replaces all files of the fleet, all or none of them. */
  async replace(
    { chunks }: Pick<NewRows, 'chunks'>,
    state: NewState,
    write: (table: TableName, file: string) => Promise<void>,
  ): Promise<void> {
    const { parts } = this.#state;
    await this.#commit({ facts: true, chunks }, state, write, EMPTY_STATE);
    this.#removeParts(parts);
  }

  /**
   * Joins small files to one, where there are many: each question opens all files.
   *
   * @param join writes the rows of files of a table to a file
   */
  async compact(
    join: (table: TableName, files: readonly string[], file: string) => Promise<void>,
  ): Promise<void> {
    const { parts, chunkParts } = this.#state;
    const small = parts.filter((part) => {
      const file = this.#file('files', part);
      return reading(file, () => statSync(file).size) < SMALL_BYTES;
    });
    if (small.length < MANY_PARTS) return;
    const next = this.#nextPart();
    const withChunks = small.filter((part) => chunkParts.includes(part));
    for (const table of [...FACTS, ...CHUNK_TABLES]) {
      const joined = isOfChunks(table) ? withChunks : small;
      if (joined.length === 0) continue;
      const files = joined.map((part) => this.#file(table, part));
      await this.#write(table, next, (file) => join(table, files, file));
    }
    const rest = (of: readonly number[]): number[] => of.filter((part) => !small.includes(part));
    await this.#save({
      ...this.#state,
      parts: [...rest(parts), next],
      chunkParts: [...rest(chunkParts), ...(withChunks.length === 0 ? [] : [next])],
    });
    this.#removeParts(small);
  }

  async #commit(
    rows: NewRows,
    state: NewState,
    write: (table: TableName, file: string) => Promise<void>,
    kept: Pick<FleetState, 'parts' | 'chunkParts'>,
  ): Promise<void> {
    const { findings } = this.#state;
    const next = this.#nextPart();
    // Each part has a file of each table of facts.
    const facts = rows.facts || rows.chunks ? FACTS : [];
    for (const table of [...facts, ...(rows.chunks ? CHUNK_TABLES : []), ...FINDINGS])
      await this.#write(table, next, (file) => write(table, file));
    await this.#save({
      ...EMPTY_STATE,
      ...state,
      parts: facts.length > 0 ? [...kept.parts, next] : kept.parts,
      chunkParts: rows.chunks ? [...kept.chunkParts, next] : kept.chunkParts,
      findings: next,
    });
    if (findings !== null) for (const table of FINDINGS) rmSync(this.#file(table, findings), { force: true });
  }

  /** The number of the files of the next commit. */
  #nextPart(): number {
    const { parts, findings } = this.#state;
    return Math.max(0, findings ?? 0, ...parts) + 1;
  }

  async #write(table: TableName, part: number, write: (file: string) => Promise<void>): Promise<void> {
    writing(this.path, () => makeDirectories(join(this.path, table)));
    const partial = join(this.path, table, `.${fileName(part)}.partial`);
    await write(partial);
    writing(this.path, () => renameSync(partial, this.#file(table, part)));
  }

  async #save(state: FleetState): Promise<void> {
    await withAtomicFile(join(this.path, STATE_FILE), { force: true }, (file) =>
      file.write(Buffer.from(encodeState(state))),
    );
    this.#state = state;
  }

  #removeParts(parts: readonly number[]): void {
    for (const part of parts)
      for (const table of [...FACTS, ...CHUNK_TABLES]) rmSync(this.#file(table, part), { force: true });
  }

  /** Removes files that no commit mentions. */
  #removeStray(): void {
    for (const table of TABLE_NAMES) {
      const directory = join(this.path, table);
      if (!existsSync(directory)) continue;
      const valid = new Set(this.filesOf(table));
      for (const name of writing(directory, () => readdirSync(directory))) {
        const file = join(directory, name);
        if (!valid.has(file) && OWN_FILE.test(name)) writing(file, () => rmSync(file));
      }
    }
  }

  #file(table: TableName, part: number): string {
    return join(this.path, table, fileName(part));
  }
}

const OWN_FILE = /^\.?\d{6,}\.parquet(?:\.partial)?$/;

function fileName(part: number): string {
  return `${String(part).padStart(6, '0')}.parquet`;
}

function isOwn(name: string): boolean {
  return name.startsWith('.') || TABLE_NAMES.some((table) => table === name);
}

function isOfChunks(table: TableName): boolean {
  return CHUNK_TABLES.some((name) => name === table);
}

function isFindings(table: TableName): boolean {
  return FINDINGS.some((name) => name === table);
}
