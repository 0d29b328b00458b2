import { fileAt, packageTreeOf } from '@layers/core/diff';
import { excessOf, type LocatedDatabase, locateDatabases, type PackageSystem } from '@layers/core/distro';
import type { ContentPlace, ReadImage } from '@layers/core/image';
import type { MergedTree } from '@layers/core/rootfs';

/** A package database as it is after a layer that changed it. */
export interface DatabaseState {
  readonly system: PackageSystem;
  readonly layer: number;
  /** Null where the layer removed the database. */
  readonly database: LocatedDatabase | null;
  /** Where the contents of its files are, by their paths. */
  readonly places: ReadonlyMap<string, ContentPlace>;
  /** The limit that it exceeds: it must not be read; null within the limits. */
  readonly excess: string | null;
}

const SYSTEMS: readonly PackageSystem[] = ['apk', 'dpkg', 'rpm'];

/** Notes the states of package databases while the layers of an image are merged. */
export class DatabaseStates {
  readonly #image: ReadImage;
  readonly #keys = new Map<PackageSystem, string>();
  readonly #states: DatabaseState[] = [];

  constructor(image: ReadImage) {
    this.#image = image;
  }

  /** The states in the order of the layers. */
  get states(): readonly DatabaseState[] {
    return this.#states;
  }

  /** Notes the databases that a layer changed, by the tree after it. */
  observe(layer: number, tree: MergedTree): void {
    const files = packageTreeOf(this.#image, tree);
    const databases = locateDatabases(files);
    for (const system of SYSTEMS) {
      const database = databases.find((each) => each.system === system) ?? null;
      const places = placesOf(tree, database?.paths ?? []);
      const key = JSON.stringify([...places].map(([path, { layer: of, entry }]) => [path, of, entry]));
      if (key === (this.#keys.get(system) ?? NOTHING)) continue;
      this.#keys.set(system, key);
      const excess = database === null ? null : excessOf(database, files);
      this.#states.push({ system, layer, database, places, excess });
    }
  }
}

/** The key of a system without a database. */
const NOTHING = '[]';

function placesOf(tree: MergedTree, paths: readonly string[]): Map<string, ContentPlace> {
  const places = new Map<string, ContentPlace>();
  for (const path of paths) {
    const place = fileAt(tree, path);
    if (place !== null) places.set(path, place);
  }
  return places;
}
