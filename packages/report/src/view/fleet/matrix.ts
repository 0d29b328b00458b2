import type { Fleet } from './fleet.js';
import { type Sharing, sharedBetween, sharedPart, sharingOf } from './sharing.js';
import { similarityOrder } from './similarity-order.js';

/** What the rows of the matrix are. */
export const MATRIX_ROWS = ['repositories', 'images'] as const;
export type MatrixRows = (typeof MATRIX_ROWS)[number];

/** How dark a cell is: by its bytes, or by the part of the smaller of two that they are. */
export const SHADES = ['bytes', 'part'] as const;
export type Shade = (typeof SHADES)[number];

/** Which images or repositories share how much. */
export interface Matrix {
  /** Those that share much stand together. */
  readonly rows: readonly MatrixRow[];
  readonly sharing: Sharing;
  /** The number of images or repositories that are left out: the smallest. */
  readonly leftOut: number;
  /** The most bytes that two share. */
  readonly largest: number;
}

export interface MatrixRow {
  readonly path: number;
  readonly name: string;
}

/** The most rows: with more, names cannot be read. */
export const MOST_MATRIX_ROWS = 60;

/** Returns what the matrix shows first: images, unless they are too many. */
export function firstRows({ facts, repositories }: Fleet): MatrixRows {
  return facts.images.length > MOST_MATRIX_ROWS && repositories.length > 1 ? 'repositories' : 'images';
}

/**
 * Returns the matrix of the repositories, or of images.
 *
 * @param repository the repository of the images; -1 for all
 */
export function matrixOf(fleet: Fleet, kind: MatrixRows, repository = -1): Matrix {
  const all = kind === 'images' ? imageRows(fleet, repository) : repositoryRows(fleet);
  const shown = all.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST_MATRIX_ROWS);
  const sharing = sharingOf(
    fleet,
    shown.map(({ images }) => images),
  );
  const order = similarityOrder(shown.length, (a, b) => sharedPart(sharing, a, b) * overlap(sharing, a, b));
  const rows = order.flatMap((i) => shown[i] ?? []);
  const ordered = sharingOf(
    fleet,
    rows.map(({ images }) => images),
  );
  let largest = 0;
  for (let a = 0; a < rows.length; a++)
    for (let b = 0; b < a; b++) largest = Math.max(largest, sharedBetween(ordered, a, b));
  return {
    rows: rows.map(({ path, name }) => ({ path, name })),
    sharing: ordered,
    leftOut: all.length - shown.length,
    largest,
  };
}

/** Returns the part of all bytes of two that both have. */
function overlap(sharing: Sharing, a: number, b: number): number {
  const both = sharedBetween(sharing, a, b);
  const either = sharedBetween(sharing, a, a) + sharedBetween(sharing, b, b) - both;
  return either === 0 ? 0 : both / either;
}

interface Row extends MatrixRow {
  readonly images: readonly number[];
  readonly bytes: number;
}

function imageRows(fleet: Fleet, repository: number): Row[] {
  const images = fleet.repositories[repository]?.images ?? [...fleet.facts.images.keys()];
  return images.map((image) => rowOf(fleet, fleet.tree.pathOfImage[image] ?? 0, [image]));
}

function repositoryRows(fleet: Fleet): Row[] {
  return fleet.repositories
    .map(({ images }, i) => rowOf(fleet, fleet.tree.pathOfRepository[i] ?? 0, images))
    .filter(({ images }) => images.length > 0);
}

function rowOf(fleet: Fleet, path: number, images: readonly number[]): Row {
  return {
    path,
    name: fleet.shortName(fleet.tree.whole.nameOf(path)),
    images,
    bytes: fleet.bytesOf(fleet.layersOfAll(images)),
  };
}

/** The shade of a cell with a few bytes, which tells it from one without. */
const LEAST_SHADE = 0.1;

/** Returns how dark a cell is, from 0 to 1. A cell of the diagonal is one image with itself. */
export function shadeOf({ sharing, largest }: Matrix, a: number, b: number, shade: Shade): number {
  const bytes = sharedBetween(sharing, a, b);
  if (bytes === 0) return 0;
  const part = shade === 'part' ? sharedPart(sharing, a, b) : Math.min(1, bytes / largest);
  return LEAST_SHADE + (1 - LEAST_SHADE) * part;
}
