import type { ListRows, ListSource } from './list-source.js';

/** Returns the rows of a list about one of two images, whose layers are part of a longer list. */
export function* shiftedRows(
  rows: ListRows,
  { first, count, name }: { readonly first: number; readonly count: number; readonly name: string },
): Generator<undefined, ListSource> {
  const source = 'count' in rows ? rows : yield* rows;
  const shifted = (layer: number | null): number | null => (layer === null ? null : first + layer);
  return {
    ...source,
    title: `${name}  ${source.title}`,
    isOfLayer: (row, layer) => source.isOfLayer(row, layer - first),
    targetOf(row) {
      const target = source.targetOf(row);
      if (target === null) return null;
      const { layer, endedBy } = target;
      return { ...target, layer: shifted(layer ?? count - 1), endedBy: shifted(endedBy) };
    },
  };
}
