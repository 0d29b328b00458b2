import { changesetOf, type ReadImage } from '@layers/core/image';
import { joinHistory } from '@layers/core/oci';
import { NONE, uniteLayers } from '@layers/core/rootfs';
import { unionOf } from '../image/complete-image.js';
import { alignGroups, sharedBytes } from './align-groups.js';
import { markOf } from './layer-history.js';

/**
 * The layers of an image that new layers are made of. No new layer has files of two groups, so that an update that exchanges
 * the layers of one group leaves the new layers of the others.
 */
export interface LayerGroups {
  readonly count: number;
  /** Returns the group of a layer of the image. */
  readonly of: (layer: number) => number;
}

/** New layers may have files of all layers. */
export const ONE_GROUP: LayerGroups = { count: 1, of: () => 0 };

/** Layers with fewer bytes stay one layer: the request and the headers of another one cost more than it saves. */
const SMALL_BYTES = 2 ** 20;

/** The fewest new layers of a group that is not small. */
const LEAST = 2;

/**
 * Makes a group of each layer, or of some in a row if there are too many for that. Depends on numbers only, so that the next
 * version of the image has the same groups.
 *
 * @param from the first layer that is distributed
 * @param layers the number of layers of the image
 * @param most the number of new layers
 */
function layerGroups(from: number, layers: number, most: number): LayerGroups {
  const distributed = Math.max(1, layers - from);
  const count = Math.max(1, Math.min(distributed, Math.floor(most / LEAST)));
  return { count, of: (layer) => Math.floor((Math.max(0, layer - from) * count) / distributed) };
}

/**
 * Returns the groups of each version of an image, numbered as those of the last one: those of the newest version that
 * `rechunk` made, else those of the layers of the last one. A layer that was inserted since gets a group of its own if there
 * is room. Groups that the last version lacks have the number after its last one.
 *
 * @param versions the oldest first
 */
export function groupsOfVersions(versions: readonly ReadImage[], from: number, most: number): LayerGroups[] {
  const last = versions.at(-1);
  if (last === undefined) return [];
  const room = Math.max(1, Math.floor(most / LEAST));
  const recorded = versions.map(recordedGroups);
  const newest = recorded.findLastIndex((groups) => groups !== null);
  const named = versions[newest] ?? last;
  const groups = recorded[newest] ?? layerGroups(from, last.layers.length, most);
  if (groups.count > room) return versions.map(() => ONE_GROUP);
  const above = ({ count, of }: LayerGroups): LayerGroups => ({
    count,
    of: (layer) => (layer < from ? NONE : of(layer)),
  });
  // Where `rechunk` made no version, layers correspond to layers, of which several can be one group.
  const columns = newest < 0 ? layersOf(last, from) : groups;
  const groupOf = (column: number): number =>
    newest < 0 && column !== NONE ? groups.of(column + from) : column;
  const reference = { union: unionOf(named), ...above(columns) };
  const alignedTo = (version: ReadImage, own: LayerGroups): Int32Array => {
    const union = version === last ? unionOf(version) : uniteLayers(version.layers.map(changesetOf));
    return alignGroups(sharedBytes({ union, ...above(own) }, reference), columns.count).map(groupOf);
  };
  const inLast =
    named === last
      ? {
          count: groups.count,
          of: groups.of,
          numbers: Int32Array.from({ length: groups.count }, (_, i) => i),
        }
      : withInserted(layersOf(last, from), alignedTo(last, layersOf(last, from)), groups.count, room);
  return versions.map((version, i) => {
    if (version === last) return inLast;
    const numberOf = (group: number): number => inLast.numbers[group] ?? inLast.count;
    if (version === named) return { count: inLast.count, of: (layer) => numberOf(groups.of(layer)) };
    const own = recorded[i] ?? layersOf(version, from);
    const aligned = alignedTo(version, own);
    return { count: inLast.count, of: (layer) => numberOf(aligned[own.of(layer)] ?? NONE) };
  });
}

/** Makes a group of each layer. */
function layersOf({ layers }: ReadImage, from: number): LayerGroups {
  return { count: Math.max(1, layers.length - from), of: (layer) => Math.max(0, layer - from) };
}

interface NumberedGroups extends LayerGroups {
  /** The number of each group of the version that they are aligned to; the number of groups if none corresponds to it. */
  readonly numbers: Int32Array;
}

/** Numbers groups in order, with those that were inserted; without room they are in the group below. */
function withInserted(rows: LayerGroups, aligned: Int32Array, columns: number, room: number): NumberedGroups {
  let spare = room - new Set(aligned.filter((column) => column !== NONE)).size;
  let count = 0;
  const numbers = new Int32Array(columns).fill(NONE);
  const numberOf = aligned.map((column) => {
    const known = numbers[column] ?? NONE;
    if (known !== NONE) return known;
    if (column === NONE && spare-- <= 0) return Math.max(0, count - 1);
    if (column !== NONE) numbers[column] = count;
    return count++;
  });
  count = Math.max(1, count);
  return {
    count,
    of: (layer) => numberOf[rows.of(layer)] ?? 0,
    numbers: numbers.map((number) => (number === NONE ? count : number)),
  };
}

/** Returns the groups in the history of an image; null if `rechunk` did not make it. */
function recordedGroups({ description, layers }: ReadImage): LayerGroups | null {
  const { entries } = joinHistory(description.config.history, layers.length);
  const groupOf = new Map<number, number>();
  const counts = new Set<number>();
  for (const { history, layer } of entries) {
    const mark = markOf(history);
    if (layer === undefined || mark === null) continue;
    groupOf.set(layer, mark.group);
    counts.add(mark.groups);
  }
  const [count, ...others] = counts;
  if (count === undefined) return null;
  if (others.length > 0) return ONE_GROUP;
  return { count, of: (layer) => Math.min(groupOf.get(layer) ?? 0, count - 1) };
}

/** Whether all files of a group are in one layer. */
export function isSmall(bytes: number, groups: number): boolean {
  return groups > 1 && bytes < SMALL_BYTES;
}

/** What decides how many layers a group gets. */
export interface GroupSize {
  readonly bytes: number;
  /** The number of components that may have layers of their own. */
  readonly components: number;
  /** Whether packages of languages have most of the bytes: they change more often than those of a system. */
  readonly isOfLanguages: boolean;
}

/**
 * Returns the most new layers of each group, at least `LEAST` but for small ones. All sizes are rounded to powers of four, so
 * that a group that grows or shrinks a little leaves the layers of the others.
 */
export function layersOfGroups(groups: readonly GroupSize[], most: number): number[] {
  const counts = groups.map(({ bytes }) => (isSmall(bytes, groups.length) ? 1 : Math.min(LEAST, most)));
  const weights = groups.map(({ bytes, isOfLanguages }) =>
    Math.sqrt(4 ** Math.round(log4(isOfLanguages ? 2 * bytes : bytes))),
  );
  // One more is for what changes with every build.
  const needed = groups.map(({ components }) => 1 + 4 ** Math.max(1, Math.ceil(log4(components))));
  const isOpen = (group: number): boolean =>
    (counts[group] ?? 0) < (needed[group] ?? 0) && !isSmall(groups[group]?.bytes ?? 0, groups.length);
  for (;;) {
    const left = most - counts.reduce((sum, count) => sum + count, 0);
    const open = groups.flatMap((_, group) => (isOpen(group) ? [group] : []));
    if (left <= 0 || open.length === 0) return counts;
    const total = open.reduce((sum, group) => sum + (weights[group] ?? 0), 0);
    const shareOf = (group: number): number => Math.floor((left * (weights[group] ?? 0)) / total);
    // What the shares leave goes to the largest groups, of equal ones to the upper: it changes more often.
    const isShared = open.some((group) => shareOf(group) > 0);
    const largestFirst = [...open].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || b - a);
    for (const group of isShared ? open : largestFirst.slice(0, left)) {
      const count = counts[group] ?? 0;
      counts[group] = Math.min(needed[group] ?? 0, count + (isShared ? shareOf(group) : 1));
    }
  }
}

function log4(value: number): number {
  return Math.log2(Math.max(1, value)) / 2;
}
