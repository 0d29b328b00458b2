import { bytesColumn, type Column, growTogether, indexColumn } from './columns.js';

/** State of the nodes while layers are applied. Layer positions are stored plus one; 0 means "never". */
export interface NodeState {
  /** The last layer whose whiteout named the node. */
  readonly hiddenIn: Column<Int32Array>;
  /** The entry of that whiteout. */
  readonly hiddenBy: Column<Int32Array>;
  /** The last layer that changed the node. */
  readonly touchedIn: Column<Int32Array>;
  /** 1 where a path other than a directory existed before that layer. */
  readonly existed: Column<Uint8Array>;
  /** Makes room for `count` nodes. */
  ensure(count: number): void;
}

/** Creates the state of nodes that nothing changed yet, with room for some. */
export function createNodeState(room: number): NodeState {
  const hiddenIn = indexColumn(room);
  const hiddenBy = indexColumn(room);
  const touchedIn = indexColumn(room);
  const existed = bytesColumn(room);
  const ensure = growTogether([hiddenIn, hiddenBy, touchedIn, existed]);
  return { hiddenIn, hiddenBy, touchedIn, existed, ensure };
}
