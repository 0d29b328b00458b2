import { bytesColumn, type Column, growTogether, indexColumn } from './columns.js';

/** What is kept of a node while layers are applied. Layer positions are kept plus one: 0 means "never". */
export interface NodeState {
  /** The layer whose whiteout named the node last, and the entry that did. */
  readonly hiddenIn: Column<Int32Array>;
  readonly hiddenBy: Column<Int32Array>;
  /** The layer that touched the node last, and whether a path other than a directory was there before. */
  readonly touchedIn: Column<Int32Array>;
  readonly before: Column<Uint8Array>;
  ensure(count: number): void;
}

export function createNodeState(): NodeState {
  const hiddenIn = indexColumn();
  const hiddenBy = indexColumn();
  const touchedIn = indexColumn();
  const before = bytesColumn();
  return {
    hiddenIn,
    hiddenBy,
    touchedIn,
    before,
    ensure: growTogether([hiddenIn, hiddenBy, touchedIn, before]),
  };
}
