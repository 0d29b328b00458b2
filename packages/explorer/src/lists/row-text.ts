import { NONE } from '@layers/core/rootfs';
import type { Format } from '../lines/format.js';
import type { ListOrder } from '../list/list-source.js';
import type { PathIndex } from '../tree/path-index.js';

/** More of a text is not visible in a row: a hostile image has texts of megabytes. */
const MOST = 1000;
/** The same for all about a row. */
const MOST_ABOUT = 1_000_000;

/** A path, as documents contain it. */
export interface DocumentPath {
  readonly path: string;
  readonly pathBase64?: string;
}

export function bytesOfPath({ path, pathBase64 }: DocumentPath): Uint8Array {
  return pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64');
}

/** Returns the node of a path of a document; null where no layer names it. */
export function nodeOfPath(index: PathIndex, path: DocumentPath): number | null {
  const node = index.nodeAt(bytesOfPath(path));
  return node === NONE ? null : node;
}

/** Returns text of an image for a row. */
export function rowText(text: string, format: Format): string {
  return format.text(text.slice(0, MOST));
}

export function rowPath(path: DocumentPath, format: Format): string {
  return format.name(bytesOfPath(path));
}

/** Returns an instruction for a row. */
export function rowInstruction(instruction: string | null, format: Format): string {
  return format.instruction((instruction ?? '').slice(0, MOST));
}

/** Returns text of an image for all about a row. */
export function aboutText(text: string, format: Format): string {
  return format.text(text.slice(0, MOST_ABOUT));
}

/** Returns `label: layer 2  RUN …`. */
export function aboutLayer(
  label: string,
  layer: number | string,
  instruction: string | null,
  format: Format,
): string {
  return `${label} layer ${layer}  ${aboutText(instruction ?? 'no instruction in the history', format)}`;
}

/** Returns the order of a list by size, largest first. */
export function bySize(bytesOf: (row: number) => number): ListOrder {
  return { name: 'size', keyOf: (row) => -bytesOf(row) };
}

/** Returns the order of a list by name. */
export function byName(textOf: (row: number) => string): ListOrder {
  return { name: 'name', keyOf: textOf };
}
