import { appendRows, createTable } from '../engine/append-rows.js';
import type { Database } from '../engine/duckdb.js';
import { joinParquet, writeParquet } from '../engine/write-parquet.js';
import { FACTS, FINDINGS, type FleetFolder } from '../folder/fleet-folder.js';
import type { FoundProblem, Shard, SourceState } from '../folder/state.js';
import type { ImageFacts, LayerFacts } from '../read/image-facts.js';
import type { Cell, Columns } from '../schema/rows.js';
import { type TableName, tableNamed } from '../schema/tables.js';
import { FilesBuffer } from './files-buffer.js';
import { clean, problemColumns, tagColumns } from './findings.js';
import type { KnownFacts } from './known-facts.js';

export interface FactsWriterParts {
  readonly database: Database;
  readonly folder: FleetFolder;
  readonly known: KnownFacts;
  /** A directory for what does not fit into memory. */
  readonly temporary: string;
  readonly shard: Shard | null;
}

/** Collects what was read of images, and writes it to a fleet in parts. */
export class FactsWriter {
  readonly #database: Database;
  readonly #folder: FleetFolder;
  readonly #known: KnownFacts;
  readonly #shard: Shard | null;
  readonly #files: FilesBuffer;
  readonly #waiting = new Map<TableName, Columns[]>();
  #images = 0;
  #rows = 0;
  #bytes = 0;

  private constructor({ database, folder, known, temporary, shard }: FactsWriterParts) {
    this.#database = database;
    this.#folder = folder;
    this.#known = known;
    this.#shard = shard;
    this.#files = new FilesBuffer(database, temporary);
  }

  static async open(parts: FactsWriterParts): Promise<FactsWriter> {
    for (const name of [...FACTS, ...FINDINGS]) await createTable(parts.database, tableNamed(name));
    return new FactsWriter(parts);
  }

  /** Whether there is enough for a part, so that a scan that is killed loses little. */
  get isDue(): boolean {
    return this.#images >= 100 || this.#rows >= 500_000 || this.#bytes >= 4e9;
  }

  /**
   * Adds an image. Returns its number, or why it contradicts what is known of its layers.
   *
   * @param digest of the image, which need not be its key
   */
  async add(
    key: string,
    digest: string,
    position: number,
    facts: ImageFacts,
  ): Promise<number | FoundProblem> {
    for (const [at, layer] of facts.layers.entries()) {
      const tree = this.#known.trees.get(layer.diffId);
      if (tree === undefined || (tree.tarBytes === layer.tarBytes && tree.entries === layer.entries))
        continue;
      const message = `layer ${at} does not match its digest: an earlier layer with it had other files`;
      return { position, code: 'ERR_LAYERS_BLOB_MISMATCH', message };
    }
    const image = this.#known.newImage(key);
    const layers: { readonly layer: number; readonly tree: number }[] = [];
    for (const layer of facts.layers) layers.push(await this.#addLayer(layer));
    const sum = (of: (layer: LayerFacts) => number): number =>
      facts.layers.reduce((total, each) => total + of(each), 0);
    const blobs = new Map(facts.layers.map((layer) => [layer.digest, layer.storedBytes]));
    const content = sum(({ contentBytes }) => contentBytes);
    this.#append('images', [
      [image],
      [digest],
      [facts.configDigest],
      [facts.os],
      [facts.architecture],
      [facts.variant],
      [facts.created],
      [facts.distribution],
      [facts.layers.length],
      [[...blobs.values()].reduce((total, bytes) => total + bytes, 0)],
      [sum(({ tarBytes }) => tarBytes)],
      [content],
      [facts.rootfsBytes],
      [content - facts.rootfsBytes],
      [sum(({ entries }) => entries)],
      [facts.files],
    ]);
    this.#append('image_layers', [
      layers.map(() => image),
      layers.map((_, at) => at),
      layers.map(({ layer }) => layer),
      layers.map(({ tree }) => tree),
      facts.layers.map(({ instruction }) => clean(instruction)),
      facts.layers.map(({ created }) => created),
    ]);
    for (const name of ['hidden', 'links', 'packages'] as const)
      this.#append(name, withKey(image, facts[name]));
    this.#images++;
    return image;
  }

  /** Writes what was added, and where images were found. */
  async commit(sources: readonly SourceState[], complete: boolean): Promise<void> {
    this.#append('tags', tagColumns(sources));
    this.#append('problems', problemColumns(sources));
    for (const name of [...this.#waiting.keys()]) await this.#hand(name);
    await this.#folder.commit(this.#images > 0, { sources, complete, shard: this.#shard }, (table, file) =>
      table === 'files' ? this.#files.writeTo(file) : writeParquet(this.#database, tableNamed(table), file),
    );
    if (complete)
      await this.#folder.compact((table, files, file) =>
        joinParquet(this.#database, tableNamed(table), files, file),
      );
    this.#images = 0;
    this.#rows = 0;
    this.#bytes = 0;
  }

  async #addLayer(facts: LayerFacts): Promise<{ readonly layer: number; readonly tree: number }> {
    const { digest, diffId, storedBytes, tarBytes, entries, files, sample } = facts;
    const known = this.#known.layers.get(digest);
    if (known !== undefined) return known;
    const isNewTree = !this.#known.trees.has(diffId);
    const { layer, tree } = this.#known.newLayer(digest, diffId, { tarBytes, entries });
    const row = [
      layer,
      tree,
      digest,
      diffId,
      clean(facts.mediaType),
      facts.compression,
      storedBytes,
      tarBytes,
    ];
    this.#append(
      'layers',
      [...row, facts.contentBytes, entries, sample?.bytes ?? null, sample?.zstdBytes ?? null].map((cell) => [
        cell,
      ]),
    );
    if (isNewTree) {
      if (files === null) throw new Error(`the files of the layer ${digest} were not read`);
      await this.#files.add(tree, files);
      this.#rows += entries;
      this.#bytes += tarBytes;
    }
    return { layer, tree };
  }

  #append(name: TableName, columns: Columns): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) this.#waiting.set(name, [columns]);
    else waiting.push(columns);
  }

  /** Hands the rows of a table to the database: for each image, that would take longer than to read a small one. */
  async #hand(name: TableName): Promise<void> {
    await appendRows(this.#database, tableNamed(name), joined(this.#waiting.get(name) ?? []));
    this.#waiting.delete(name);
  }
}

/** Joins small pieces to pieces of some thousand rows. */
function* joined(pieces: readonly Columns[]): Generator<Columns> {
  let rows: Cell[][] = [];
  for (const columns of pieces) {
    columns.forEach((cells, i) => {
      const column = rows[i] ?? [];
      rows[i] = column;
      for (let row = 0; row < cells.length; row++) column.push(cells[row] ?? null);
    });
    if ((rows[0]?.length ?? 0) < 4096) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

function withKey(key: number, columns: Columns): Columns {
  return [new Array<number>(columns[0]?.length ?? 0).fill(key), ...columns];
}
