import { isLeaf } from '../cell.js';
import { type LegendEntry, layerColour } from '../colours.js';
import type { Placed } from '../placed.js';
import type { Fleet } from './fleet.js';
import type { FleetPaths } from './fleet-paths.js';

/** What the colours of the picture of a fleet stand for. */
export const FLEET_COLOURINGS = ['sharing', 'repository', 'base'] as const;
export type FleetColouring = (typeof FLEET_COLOURINGS)[number];

const ONE_IMAGE = '--cell-wasted';
const ONE_REPOSITORY = '--cell-changed';
const SEVERAL = '--cell-plain';
const MIXED = '--cell-mixed';
const PARTED = '--cell-directory';

/** Returns what colours the cells of a fleet. */
export function fleetColours(
  fleet: Fleet,
  paths: FleetPaths,
  colouring: FleetColouring,
): (box: Placed) => string {
  const reach = reachOfLayers(fleet);
  const bases = basesOfImages(fleet);
  return ({ cell, isLast }) => {
    const { set, from, to } = cell;
    if (!isLast && !isLeaf(cell)) return PARTED;
    const layer = paths.columns.layer[set.items[from] ?? 0] ?? 0;
    if (colouring === 'sharing') {
      if (isLeaf(cell)) return reach[layer] ?? SEVERAL;
      const exclusive = set.wastedBetween(from, to);
      return exclusive === 0 ? SEVERAL : exclusive === cell.bytes ? ONE_IMAGE : MIXED;
    }
    const place = paths.placeOf(cell.path);
    const image = place.kind === 'image' || place.kind === 'layer' ? place.image : -1;
    if (colouring === 'repository')
      return layerColour(
        place.kind === 'repository' ? place.repository : (fleet.repositoryOfImage[image] ?? 0),
      );
    const base = bases[image] ?? -1;
    return base === -1 ? MIXED : layerColour(base);
  };
}

/** Returns the colour of each layer: whether one image, images of one repository, or others have it. */
function reachOfLayers(fleet: Fleet): string[] {
  return fleet.facts.layers.map((_, layer) => {
    const images = fleet.imagesOf(layer);
    if (images.length === 1) return ONE_IMAGE;
    const repositories = new Set(images.map((image) => fleet.repositoryOfImage[image]));
    return repositories.size === 1 ? ONE_REPOSITORY : SEVERAL;
  });
}

/** Returns a number for the lowest layer of each image: those of the most images have the first numbers. */
function basesOfImages(fleet: Fleet): number[] {
  const lowest = fleet.facts.images.map((_, image) => fleet.usesOf(image)[0]?.layer ?? -1);
  const layers = [...new Set(lowest)].sort((a, b) => fleet.imagesOf(b).length - fleet.imagesOf(a).length);
  const numbers = new Map(layers.map((layer, i) => [layer, i]));
  return lowest.map((layer) => (layer === -1 ? -1 : (numbers.get(layer) ?? -1)));
}

/** Returns what the colours mean, where there are few. */
export function fleetLegend(colouring: FleetColouring): readonly LegendEntry[] {
  if (colouring === 'repository') return [];
  if (colouring === 'base') return [{ label: 'several bases', colour: MIXED }];
  return [
    { label: 'in one image', colour: ONE_IMAGE },
    { label: 'in one repository', colour: ONE_REPOSITORY },
    { label: 'in several repositories', colour: SEVERAL },
    { label: 'an image with both', colour: MIXED },
  ];
}
