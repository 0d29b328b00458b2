import { bytesColumn, indexColumn } from './columns.js';

/** Why no path reaches a content any more. */
export const WASTE_CAUSES = ['deleted', 'overwritten', 'rewritten', 'replaced', 'duplicate-entry'] as const;
export type WasteCause = (typeof WASTE_CAUSES)[number];

/** One content that no path of the root file system reaches. */
export interface WastedContent {
  /** Position of the layer that stored it, and the entry in it. */
  readonly layer: number;
  readonly entry: number;
  /** Position of the layer that took its last name. */
  readonly unreachableFrom: number;
  readonly cause: WasteCause;
}

/** Wasted contents in columns, in the order in which they became so. */
export interface WasteList {
  readonly count: number;
  add(waste: WastedContent): number;
  at(index: number): WastedContent;
  setCause(index: number, cause: WasteCause): void;
}

export function createWasteList(): WasteList {
  const layer = indexColumn();
  const entry = indexColumn();
  const from = indexColumn();
  const cause = bytesColumn();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(waste) {
      for (const column of [layer, entry, from, cause]) column.ensure(count + 1);
      layer.values[count] = waste.layer;
      entry.values[count] = waste.entry;
      from.values[count] = waste.unreachableFrom;
      cause.values[count] = WASTE_CAUSES.indexOf(waste.cause);
      return count++;
    },
    at(index) {
      return {
        layer: layer.values[index] ?? 0,
        entry: entry.values[index] ?? 0,
        unreachableFrom: from.values[index] ?? 0,
        cause: WASTE_CAUSES[cause.values[index] ?? 0] ?? 'deleted',
      };
    },
    setCause(index, value) {
      cause.values[index] = WASTE_CAUSES.indexOf(value);
    },
  };
}
