/** How a step of a plan is written. */
export const Action = {
  /** The entry's own header blocks and bytes, as they stand in its layer. */
  copy: 0,
  /** A header made from what is known of the entry, then its content where it is a file. */
  create: 1,
  /** A hard link to the node in `target`, which stands before. */
  hardlink: 2,
  /** A whiteout of the node's path. */
  whiteout: 3,
  /** The marker that hides all that the layers below have in the node's directory. */
  opaque: 4,
} as const;

export type Action = (typeof Action)[keyof typeof Action];

/**
 * What is to be written, a step an index, in this order: a directory before what is in it, whiteouts before what
 * stands beside them, a link after its target, and contents in the order in which the layers hold them, so that each
 * layer is read once from start to end.
 */
export interface TreePlan {
  readonly count: number;
  /** A node of the union, whose path is the step's. */
  readonly node: Int32Array;
  /** A `How` each. */
  readonly action: Uint8Array;
  /** The layer and the entry that say what is at the path; NONE for markers, and for directories that nothing describes. */
  readonly layer: Int32Array;
  readonly entry: Int32Array;
  /** For links the node that they name; NONE for other steps. */
  readonly target: Int32Array;
}

/** Takes steps one after the other. */
export interface PlanBuilder {
  readonly count: number;
  add(node: number, action: Action, layer: number, entry: number, target: number): void;
  finish(): TreePlan;
}

export function createPlanBuilder(room = 64): PlanBuilder {
  let columns = newColumns(room);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(node, action, layer, entry, target) {
      if (count === columns.node.length) columns = grown(columns);
      columns.node[count] = node;
      columns.action[count] = action;
      columns.layer[count] = layer;
      columns.entry[count] = entry;
      columns.target[count] = target;
      count++;
    },
    finish: () => ({ count, ...columns }),
  };
}

function newColumns(room: number) {
  return {
    node: new Int32Array(room),
    action: new Uint8Array(room),
    layer: new Int32Array(room),
    entry: new Int32Array(room),
    target: new Int32Array(room),
  };
}

function grown(old: ReturnType<typeof newColumns>): ReturnType<typeof newColumns> {
  const columns = newColumns(old.node.length * 2);
  columns.node.set(old.node);
  columns.action.set(old.action);
  columns.layer.set(old.layer);
  columns.entry.set(old.entry);
  columns.target.set(old.target);
  return columns;
}
