import { LayersError } from '@layers/errors';
import { readingTables } from '../engine/damaged-tables.js';
import type { Database } from '../engine/duckdb.js';
import { readParquet } from '../engine/read-parquet.js';
import type { FleetFolder } from '../folder/fleet-folder.js';
import { KnownFacts } from '../scan/known-facts.js';

/** What a row of a fleet becomes in the merged fleet. */
export interface Renumbered {
  readonly fleet: number;
  readonly before: number;
  readonly after: number;
  /** Whether the merged fleet takes the rows of this fleet; else it has those of another. */
  readonly isKept: boolean;
}

/** The images and layers of a fleet, by number. */
class Numbered {
  readonly path: string;
  readonly known: KnownFacts;
  /** The keys of images. */
  readonly keys: ReadonlyMap<number, string>;
  readonly digests: ReadonlyMap<number, string>;
  /** DiffIDs by the numbers of tars. */
  readonly diffIds: ReadonlyMap<number, string>;
  /** The layers of images. */
  readonly layers: ReadonlyMap<number, readonly number[]>;

  private constructor(path: string, known: KnownFacts, layers: ReadonlyMap<number, readonly number[]>) {
    this.path = path;
    this.known = known;
    this.layers = layers;
    this.keys = new Map([...known.images].map(([key, image]) => [image, key]));
    this.digests = new Map([...known.layers].map(([digest, { layer }]) => [layer, digest]));
    this.diffIds = new Map([...known.trees].map(([diffId, { tree }]) => [tree, diffId]));
  }

  static async read(database: Database, folder: FleetFolder): Promise<Numbered> {
    const layers = new Map<number, number[]>();
    const columns = ['image', 'layer'];
    for (const row of await readParquet(database, folder.filesOf('image_layers'), columns)) {
      const [image, layer] = row.map(Number);
      if (image === undefined || layer === undefined) continue;
      const ofImage = layers.get(image) ?? [];
      layers.set(image, ofImage);
      ofImage.push(layer);
    }
    return new Numbered(folder.path, await KnownFacts.read(database, folder), layers);
  }
}

/**
 * New numbers for the images and layers of several fleets: each image, blob and tar has one, in however many fleets it is. The
 * numbers are those that one scan of all sources gives.
 */
export class UnitedNumbers {
  readonly images: Renumbered[] = [];
  readonly layers: Renumbered[] = [];
  readonly trees: Renumbered[] = [];
  /** Tars whose chunks are known. `isKept` is true for the fleet that has the most of them. */
  readonly chunked: readonly Renumbered[];
  readonly #fleets: readonly Numbered[];
  readonly #known = new KnownFacts();
  /** Numbers of images by fleet. */
  readonly #imageOf: readonly Map<number, number>[];
  readonly #done: readonly { readonly layers: Set<number>; readonly trees: Set<number> }[];

  private constructor(
    fleets: readonly Numbered[],
    images: Iterable<readonly [fleet: number, image: number]>,
  ) {
    this.#fleets = fleets;
    this.#imageOf = fleets.map(() => new Map());
    this.#done = fleets.map(() => ({ layers: new Set(), trees: new Set() }));
    for (const [fleet, image] of images) this.#addImage(fleet, image);
    this.chunked = this.#chunked();
  }

  static async read(database: Database, folders: readonly FleetFolder[]): Promise<UnitedNumbers> {
    const fleets: Numbered[] = [];
    for (const folder of folders)
      fleets.push(await readingTables(folder.path, () => Numbered.read(database, folder)));
    return new UnitedNumbers(fleets, inOrder(folders, fleets));
  }

  get counts(): { readonly images: number; readonly layers: number } {
    return { images: this.#known.images.size, layers: this.#known.layers.size };
  }

  imageOf(fleet: number, image: number): number {
    const number = this.#imageOf[fleet]?.get(image);
    if (number === undefined) throw new Error(`fleet ${fleet} has no image ${image}`);
    return number;
  }

  #chunked(): readonly Renumbered[] {
    const found = this.trees.flatMap(({ fleet, before, after }) => {
      const oneIn = this.#fleets[fleet]?.known.chunks.sampleOf(before) ?? null;
      return oneIn === null ? [] : [{ fleet, before, after, oneIn }];
    });
    const best = new Map<number, (typeof found)[number]>();
    for (const each of found) {
      const other = best.get(each.after);
      if (other === undefined || each.oneIn < other.oneIn) best.set(each.after, each);
    }
    return found.map(({ fleet, before, after }) => {
      const { fleet: bestFleet, before: bestTree } = best.get(after) ?? {};
      return { fleet, before, after, isKept: bestFleet === fleet && bestTree === before };
    });
  }

  #addImage(fleet: number, before: number): void {
    const numbered = this.#fleets[fleet];
    const key = numbered?.keys.get(before);
    if (key === undefined) throw missingRow(numbered, `images has no row of image ${before}`);
    const known = this.#known.images.get(key);
    const after = known ?? this.#known.newImage(key);
    this.images.push({ fleet, before, after, isKept: known === undefined });
    this.#imageOf[fleet]?.set(before, after);
    for (const layer of this.#fleets[fleet]?.layers.get(before) ?? []) this.#addLayer(fleet, layer);
  }

  #addLayer(fleet: number, before: number): void {
    const numbered = this.#fleets[fleet];
    const done = this.#done[fleet];
    const digest = numbered?.digests.get(before);
    const own = digest === undefined ? undefined : numbered?.known.layers.get(digest);
    const diffId = own === undefined ? undefined : numbered?.diffIds.get(own.tree);
    const size = diffId === undefined ? undefined : numbered?.known.trees.get(diffId);
    if (done === undefined || digest === undefined || diffId === undefined || size === undefined)
      throw missingRow(numbered, `layers has no row of layer ${before}`);
    if (done.layers.has(before)) return;
    done.layers.add(before);
    const known = this.#known.layers.get(digest);
    const isNewTree = !this.#known.trees.has(diffId);
    const { layer, tree } = known ?? this.#known.newLayer(digest, diffId, size);
    this.layers.push({ fleet, before, after: layer, isKept: known === undefined });
    if (done.trees.has(size.tree)) return;
    done.trees.add(size.tree);
    this.trees.push({ fleet, before: size.tree, after: tree, isKept: isNewTree });
  }
}

/** Returns the error of tables that do not fit together: someone else wrote them. */
function missingRow(fleet: Numbered | undefined, what: string): Error {
  if (fleet === undefined) return new Error(what);
  return new LayersError('ERR_LAYERS_READ', `the tables of ${fleet.path} cannot be read: ${what}`, {
    archive: fleet.path,
    hint: 'scan the images into another folder',
  });
}

/** Yields the images that the last scans found, in the order of the sources; then all others. */
function* inOrder(
  folders: readonly FleetFolder[],
  fleets: readonly Numbered[],
): Generator<readonly [fleet: number, image: number]> {
  const bySource = new Map<string, { fleet: number; image: number; position: number }[]>();
  folders.forEach(({ state }, fleet) => {
    for (const { source, images } of state.sources) {
      const found = bySource.get(source) ?? [];
      bySource.set(source, found);
      for (const { image, position } of images) found.push({ fleet, image, position });
    }
  });
  const seen = fleets.map(() => new Set<number>());
  const isNew = (fleet: number, image: number): boolean => {
    const known = seen[fleet];
    return known !== undefined && !known.has(image) && known.add(image) !== undefined;
  };
  for (const found of bySource.values()) {
    for (const { fleet, image } of found.sort((a, b) => a.position - b.position))
      if (isNew(fleet, image)) yield [fleet, image];
  }
  for (const [fleet, { keys }] of fleets.entries())
    for (const image of keys.keys()) if (isNew(fleet, image)) yield [fleet, image];
}
