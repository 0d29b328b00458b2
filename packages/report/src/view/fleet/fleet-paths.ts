import type { ReportColumns } from '../../data/index.js';
import { Paths } from '../paths.js';

/** What a path of a fleet stands for. */
export type FleetPlace =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'repository'; readonly repository: number }
  | { readonly kind: 'image'; readonly image: number }
  | { readonly kind: 'layer'; readonly image: number; readonly layer: number; readonly position: number };

const FLEET: FleetPlace = { kind: 'fleet' };

/** The tree of a fleet: repositories, their images, and the layers of these. */
export class FleetPaths extends Paths {
  readonly #places: readonly FleetPlace[];

  /** @param places what each path stands for */
  constructor(columns: ReportColumns, places: readonly FleetPlace[]) {
    super(columns);
    this.#places = places;
  }

  placeOf(path: number): FleetPlace {
    return this.#places[path] ?? FLEET;
  }

  /** Returns the name of an image or a repository; of a layer, that of its image with the position. */
  override textOf(path: number): string {
    const place = this.placeOf(path);
    if (place.kind === 'fleet') return 'all images';
    if (place.kind !== 'layer') return this.nameOf(path);
    return `${this.nameOf(this.parentOf(path))}, layer ${place.position}`;
  }
}
