import type { Database } from '../engine/duckdb.js';
import { readParquet } from '../engine/read-parquet.js';
import type { FleetFolder } from '../folder/fleet-folder.js';
import { KnownChunks } from './known-chunks.js';

interface Tree {
  readonly tree: number;
  readonly tarBytes: number;
  readonly entries: number;
}

interface Layer {
  readonly layer: number;
  readonly tree: number;
}

/**
 * Returns what an image is known by: without a manifest, a digest does not say how its layers are compressed.
 *
 * @param storedBytes of the blobs of its layers
 */
export function imageKey(digest: string, storedBytes: readonly number[]): string {
  return [digest, ...storedBytes].join(' ');
}

/** What a fleet has already, by digest. */
export class KnownFacts {
  /** The numbers of images, by their keys. */
  readonly images = new Map<string, number>();
  /** Blobs of layers by their digests. */
  readonly layers = new Map<string, Layer>();
  /** Tars of layers by their DiffIDs. */
  readonly trees = new Map<string, Tree>();
  /** The tars of the layers of images that earlier scans found, by the numbers of both. */
  readonly treesOf = new Map<number, readonly number[]>();
  readonly chunks: KnownChunks;
  #lastImage = 0;
  #lastLayer = 0;

  constructor(chunks: KnownChunks = new KnownChunks()) {
    this.chunks = chunks;
  }

  /** Reads what is in the files of a fleet. */
  static async read(database: Database, folder: FleetFolder): Promise<KnownFacts> {
    const known = new KnownFacts(await KnownChunks.read(database, folder));
    const blobs = new Map<number, number>();
    const columns = ['layer', 'tree', 'digest', 'diff_id', 'tar_bytes', 'entries', 'stored_bytes'];
    for (const row of await readParquet(database, folder.filesOf('layers'), columns)) {
      const [layer, tree, digest, diffId, tarBytes, entries, storedBytes] = row;
      blobs.set(Number(layer), Number(storedBytes));
      known.#keepLayer(String(digest), String(diffId), {
        layer: Number(layer),
        tree: Number(tree),
        tarBytes: Number(tarBytes),
        entries: Number(entries),
      });
    }
    const sizes = new Map<number, number[]>();
    const trees = new Map<number, number[]>();
    for (const row of await readParquet(database, folder.filesOf('image_layers'), [
      'image',
      'layer',
      'tree',
    ])) {
      const [image = 0, layer = 0, tree = 0] = row.map(Number);
      push(sizes, image, blobs.get(layer) ?? 0);
      push(trees, image, tree);
    }
    for (const [image, ofImage] of trees) known.treesOf.set(image, ofImage);
    for (const [image, digest] of await readParquet(database, folder.filesOf('images'), [
      'image',
      'digest',
    ])) {
      const number = Number(image);
      known.#keepImage(number, imageKey(String(digest), sizes.get(number) ?? []));
    }
    return known;
  }

  /** Returns the number of an image that is new. */
  newImage(key: string): number {
    const image = this.#lastImage + 1;
    this.#keepImage(image, key);
    return image;
  }

  /** Returns the number of a layer that is new, and that of its tar. */
  newLayer(
    digest: string,
    diffId: string,
    size: { readonly tarBytes: number; readonly entries: number },
  ): Layer {
    const layer = this.#lastLayer + 1;
    const tree = this.trees.get(diffId)?.tree ?? layer;
    this.#keepLayer(digest, diffId, { ...size, layer, tree });
    return { layer, tree };
  }

  #keepImage(image: number, key: string): void {
    this.images.set(key, image);
    this.#lastImage = Math.max(this.#lastImage, image);
  }

  #keepLayer(digest: string, diffId: string, { layer, tree, tarBytes, entries }: Layer & Tree): void {
    this.layers.set(digest, { layer, tree });
    if (!this.trees.has(diffId)) this.trees.set(diffId, { tree, tarBytes, entries });
    this.#lastLayer = Math.max(this.#lastLayer, layer);
  }
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
