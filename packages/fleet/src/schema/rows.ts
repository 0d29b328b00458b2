/** A value of a column. Whole numbers are numbers where they are safe. */
export type Cell = string | number | Uint8Array | Date | null;

/** Rows of a table by column, in the order of its columns; all columns have the same length. */
export type Columns = readonly ArrayLike<Cell>[];
