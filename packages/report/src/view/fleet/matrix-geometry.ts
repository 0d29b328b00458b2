/** Where the parts of a matrix are, in pixels. */
export interface MatrixGeometry {
  /** The room for names on the left. */
  readonly label: number;
  /** The side of a cell. */
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

const LEAST_CELL = 11;
const LARGEST_CELL = 30;
const MOST_LABEL = 240;
const LABEL_PART = 0.3;

/** Returns cells as large as fit into a width; where even the smallest do not, the matrix is wider. */
export function matrixGeometry(count: number, room: number): MatrixGeometry {
  const label = Math.round(Math.min(MOST_LABEL, room * LABEL_PART));
  const cell = Math.min(LARGEST_CELL, Math.max(LEAST_CELL, Math.floor((room - label) / Math.max(1, count))));
  return { label, cell, width: label + count * cell, height: count * cell };
}
