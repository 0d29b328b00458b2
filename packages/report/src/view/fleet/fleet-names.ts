import type { Placed } from '../placed.js';
import { shortStep } from '../story.js';
import type { Fleet } from './fleet.js';
import type { FleetPaths } from './fleet-paths.js';

/** Returns what is written on a cell: an image in its repository has its tag alone. */
export function fleetCellName({ cell: { path }, above }: Placed, fleet: Fleet, paths: FleetPaths): string {
  const place = paths.placeOf(path);
  if (place.kind !== 'image' && place.kind !== 'layer') return fleet.shortName(paths.textOf(path));
  if (place.kind === 'layer' && paths.placeOf(above).kind === 'image') {
    const use = fleet.usesOf(place.image)[place.position];
    const step = use === undefined ? null : fleet.instructionAt(use);
    return step === null ? `Layer ${place.position}` : shortStep(step);
  }
  const image = place.kind === 'layer' ? paths.parentOf(path) : path;
  const name = paths.nameOf(image);
  const repository = `${paths.nameOf(paths.parentOf(image))}:`;
  return above !== 0 && name.startsWith(repository) ? name.slice(repository.length) : fleet.shortName(name);
}

const SHORT_DIGEST = 12;

/** Returns the start of a digest. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, SHORT_DIGEST);
}

/** Returns the day of a time. */
export function dayOf(time: string | null): string | null {
  return time === null ? null : time.slice(0, 10);
}

/** Returns the repositories and images whose names contain a text, then layers whose digests begin with it. */
export function searchFleet(paths: FleetPaths, fleet: Fleet, text: string, most: number): number[] {
  const wanted = text.trim().toLowerCase();
  const found: number[] = [];
  if (wanted === '') return found;
  for (let path = 1; path < paths.columns.paths && found.length < most; path++)
    if (paths.placeOf(path).kind !== 'layer' && paths.nameOf(path).toLowerCase().includes(wanted))
      found.push(path);
  const digest = wanted.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,}$/.test(digest)) return found;
  const begins = (each: { readonly digest: string }): boolean =>
    each.digest.replace(/^sha256:/, '').startsWith(digest);
  const { pathOfImage, pathOfLayer } = fleet.tree;
  for (const [i, image] of fleet.facts.images.entries()) if (begins(image)) found.push(pathOfImage[i] ?? 0);
  for (const [i, layer] of fleet.facts.layers.entries()) if (begins(layer)) found.push(pathOfLayer[i] ?? 0);
  return found.slice(0, most);
}
