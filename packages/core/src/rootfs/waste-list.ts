import { bytesColumn, growTogether, indexColumn } from './columns.js';

export const WASTE_CAUSES = ['deleted', 'overwritten', 'rewritten', 'replaced', 'duplicate-entry'] as const;
/**
 * Why a content is unreachable. `deleted`: a whiteout removed it. `overwritten`: another file replaced it. `rewritten`:
 * the same content replaced it, with other attributes. `replaced`: a path of another type replaced it.
 * `duplicate-entry`: a later entry of the same layer replaced it.
 *
 * @useDeclaredType
 */
export type WasteCause = (typeof WASTE_CAUSES)[number];

/** A content that no path of the root file system reaches. */
export interface WastedContent {
  /** Position of the layer that stored it. */
  readonly layer: number;
  /** Index of its entry in that layer. */
  readonly entry: number;
  /** Position of the layer that removed its last name. */
  readonly unreachableFrom: number;
  readonly cause: WasteCause;
}

/** Wasted contents in columns, in the order in which they became unreachable. */
export interface WasteList {
  readonly count: number;
  /** Adds a content; returns its index. */
  add(waste: WastedContent): number;
  at(index: number): WastedContent;
  setCause(index: number, cause: WasteCause): void;
}

/** Returns an empty list, or one that starts with the contents of `base`. */
export function createWasteList(base?: WasteList): WasteList {
  const layer = indexColumn();
  const entry = indexColumn();
  const from = indexColumn();
  const cause = bytesColumn();
  const ensure = growTogether([layer, entry, from, cause]);
  let count = 0;
  const list: WasteList = {
    get count() {
      return count;
    },
    add(waste) {
      ensure(count + 1);
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
  if (base !== undefined) for (let index = 0; index < base.count; index++) list.add(base.at(index));
  return list;
}
