import { chunkBatches, type LayerChunks } from '../chunks/chunk-list.js';
import { sampleLimit } from '../chunks/sample.js';
import { appendRows, createTable } from '../engine/append-rows.js';
import type { Database } from '../engine/duckdb.js';
import { joinParquet, writeParquet } from '../engine/write-parquet.js';
import { FACTS, FINDINGS, type FleetFolder } from '../folder/fleet-folder.js';
import type { FoundProblem, Shard, SourceState } from '../folder/state.js';
import { fileBatches } from '../read/file-batches.js';
import type { ImageFacts, LayerFacts } from '../read/image-facts.js';
import type { Cell, Columns } from '../schema/rows.js';
import { CHUNK_TABLES, type TableName, tableNamed } from '../schema/tables.js';
import { clean, problemColumns, tagColumns } from './findings.js';
import type { ChunkChoice } from './known-chunks.js';
import type { KnownFacts } from './known-facts.js';
import { RowsBuffer } from './rows-buffer.js';

export interface FactsWriterParts {
  readonly database: Database;
  readonly folder: FleetFolder;
  readonly known: KnownFacts;
  /** A directory for what does not fit into memory. */
  readonly temporary: string;
  readonly shard: Shard | null;
  /** Null where no chunks are wanted. */
  readonly chunks: ChunkChoice | null;
}

/** Collects what was read of images, and writes it to a fleet in parts. */
export class FactsWriter {
  readonly #database: Database;
  readonly #folder: FleetFolder;
  readonly #known: KnownFacts;
  readonly #shard: Shard | null;
  readonly #chunkChoice: ChunkChoice | null;
  readonly #files: RowsBuffer;
  readonly #chunks: RowsBuffer;
  readonly #waiting = new Map<TableName, Columns[]>();
  #images = 0;
  /** Tars whose chunks were added. */
  #chunked = 0;
  #rows = 0;
  #bytes = 0;
  #chunkedLayers = 0;

  private constructor({ database, folder, known, temporary, shard, chunks }: FactsWriterParts) {
    this.#database = database;
    this.#folder = folder;
    this.#known = known;
    this.#shard = shard;
    this.#chunkChoice = chunks;
    this.#files = new RowsBuffer(database, tableNamed('files'), temporary);
    this.#chunks = new RowsBuffer(database, tableNamed('chunks'), temporary);
  }

  static async open(parts: FactsWriterParts): Promise<FactsWriter> {
    for (const name of [...FACTS, ...CHUNK_TABLES, ...FINDINGS])
      await createTable(parts.database, tableNamed(name));
    return new FactsWriter(parts);
  }

  /** Whether there is enough for a part, so that a scan that is killed loses little. */
  get isDue(): boolean {
    return this.#images >= 100 || this.#rows >= 500_000 || this.#bytes >= 4e9;
  }

  /** The number of tars whose chunks were added since this was opened. */
  get chunkedLayers(): number {
    return this.#chunkedLayers;
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
    const contradiction = this.#contradiction(position, facts);
    if (contradiction !== null) return contradiction;
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

  /**
   * Adds the chunks of an image that is known. Returns why it contradicts what is known of its layers, or null.
   *
   * @param position of the image in its source
   */
  async addChunks(position: number, facts: ImageFacts): Promise<FoundProblem | null> {
    const contradiction = this.#contradiction(position, facts);
    if (contradiction !== null) return contradiction;
    for (const { diffId, chunks, tarBytes } of facts.layers) {
      const known = this.#known.trees.get(diffId);
      if (known === undefined || chunks === null) continue;
      if (await this.#addChunks(known.tree, chunks)) this.#bytes += tarBytes;
    }
    return null;
  }

  /** Writes what was added, and where images were found. */
  async commit(sources: readonly SourceState[], complete: boolean): Promise<void> {
    this.#append('tags', tagColumns(sources));
    this.#append('problems', problemColumns(sources));
    for (const name of [...this.#waiting.keys()]) await this.#hand(name);
    const rows = { facts: this.#images > 0, chunks: this.#chunked > 0 };
    await this.#folder.commit(rows, { sources, complete, shard: this.#shard }, (table, file) => {
      if (table === 'files') return this.#files.writeTo(file);
      if (table === 'chunks') return this.#chunks.writeTo(file);
      return writeParquet(this.#database, tableNamed(table), file);
    });
    if (complete)
      await this.#folder.compact((table, files, file) =>
        joinParquet(this.#database, tableNamed(table), files, file),
      );
    this.#images = 0;
    this.#chunked = 0;
    this.#rows = 0;
    this.#bytes = 0;
  }

  async #addLayer(facts: LayerFacts): Promise<{ readonly layer: number; readonly tree: number }> {
    const numbers = await this.#layerOf(facts);
    if (facts.chunks !== null) await this.#addChunks(numbers.tree, facts.chunks);
    return numbers;
  }

  async #layerOf(facts: LayerFacts): Promise<{ readonly layer: number; readonly tree: number }> {
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
      await this.#files.add(tree, fileBatches(files));
      this.#rows += entries;
      this.#bytes += tarBytes;
    }
    return { layer, tree };
  }

  /** Returns whether the chunks were not known. */
  async #addChunks(tree: number, chunks: LayerChunks): Promise<boolean> {
    const { chunks: known } = this.#known;
    const choice = this.#chunkChoice;
    if (choice === null || known.isSettled(tree, choice)) return false;
    const before = known.sampleOf(tree);
    const oneIn = known.nextSample(choice, chunks.count);
    const range = { from: before === null ? 0 : sampleLimit(before), limit: sampleLimit(oneIn) };
    await this.#chunks.add(tree, chunkBatches(chunks, range));
    this.#append('chunked', [[tree], [oneIn], [chunks.count]]);
    known.keep(tree, oneIn, chunks.count);
    this.#chunked++;
    this.#chunkedLayers++;
    this.#rows += chunks.chunks.length;
    return true;
  }

  #contradiction(position: number, { layers }: ImageFacts): FoundProblem | null {
    for (const [at, layer] of layers.entries()) {
      const tree = this.#known.trees.get(layer.diffId);
      if (tree === undefined || (tree.tarBytes === layer.tarBytes && tree.entries === layer.entries))
        continue;
      const message = `layer ${at} does not match its digest: an earlier layer with it had other files`;
      return { position, code: 'ERR_LAYERS_BLOB_MISMATCH', message };
    }
    return null;
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
