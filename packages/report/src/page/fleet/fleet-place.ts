import type { Fleet } from '../../view/fleet/fleet.js';
import type { FleetShown } from '../../view/fleet/fleet-link.js';
import type { FleetPaths } from '../../view/fleet/fleet-paths.js';

/** What a link changes. The links of other pages also choose a layer. */
export type FleetChange = Partial<FleetShown> & { readonly layer?: number };

/** What all parts of the page share. */
export interface FleetPlace {
  readonly fleet: Fleet;
  /** The tree with the sizes that are shown. */
  readonly paths: FleetPaths;
  readonly shown: FleetShown;
  /** The selected path; the root where the link names none. */
  readonly selected: number;
  /** What fills the picture. */
  readonly top: number;
  readonly show: (change: Partial<FleetShown>) => void;
  readonly select: (path: number, change?: FleetChange) => void;
  readonly hrefOf: (path: number, change?: FleetChange) => string;
}
