import { LayersError } from '@layers/errors';
import type { FleetState, FoundImage, FoundProblem, SourceState } from '../folder/state.js';

/** A fleet to merge. */
export interface StateOf {
  readonly path: string;
  readonly state: FleetState;
}

/**
 * Throws where fleets together say less than their scans were to find.
 *
 * @throws LayersError ERR_LAYERS_INPUT_MISSING for a shard that is missing; ERR_LAYERS_READ for a scan that did not end
 */
export function checkComplete(fleets: readonly StateOf[]): void {
  for (const { path, state } of fleets) {
    if (state.complete) continue;
    throw new LayersError('ERR_LAYERS_READ', `the scan into ${path} did not end`, {
      archive: path,
      hint: 'run it again: it goes on where it was',
    });
  }
  const shards = fleets.flatMap(({ state: { shard } }) => (shard === null ? [] : [shard]));
  for (const count of new Set(shards.map((shard) => shard.count))) {
    for (let index = 1; index <= count; index++) {
      if (shards.some((shard) => shard.count === count && shard.index === index)) continue;
      throw new LayersError('ERR_LAYERS_INPUT_MISSING', `shard ${index}/${count} is missing`, {
        hint: 'name the folders of all shards of a scan',
      });
    }
  }
}

/**
 * Returns what several scans found where: each source once, with the images and problems of all.
 *
 * @param imageOf returns the number of an image in the merged fleet
 */
export function unitedSources(
  fleets: readonly StateOf[],
  imageOf: (fleet: number, image: number) => number,
): readonly SourceState[] {
  const united = new Map<string, SourceState>();
  fleets.forEach(({ state }, fleet) => {
    for (const found of state.sources) {
      const source = {
        ...found,
        images: found.images.map((each) => ({ ...each, image: imageOf(fleet, each.image) })),
      };
      const before = united.get(source.source);
      united.set(source.source, before === undefined ? source : bothOf(before, source));
    }
  });
  return [...united.values()];
}

function bothOf(a: SourceState, b: SourceState): SourceState {
  if (a.readAt !== null && b.readAt !== null) return b.readAt > a.readAt ? b : a;
  const images = distinct([...a.images, ...b.images], (each: FoundImage) => [
    each.position,
    each.image,
    each.tags,
  ]);
  const problems = distinct([...a.problems, ...b.problems], (each: FoundProblem) => [
    each.position,
    each.code,
    each.message,
  ]);
  return {
    source: a.source,
    // A later scan opens a source again that was found in different states.
    identity: a.identity === b.identity ? a.identity : null,
    readAt: null,
    images: images.sort((x, y) => x.position - y.position),
    problems,
  };
}

function distinct<T>(all: readonly T[], keyOf: (each: T) => unknown): T[] {
  return [...new Map(all.map((each) => [JSON.stringify(keyOf(each)), each])).values()];
}
