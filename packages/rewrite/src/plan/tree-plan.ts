/** How to write a step of a plan. */
export const Action = {
  /** Copies the entry's header blocks and bytes from its layer. */
  copy: 0,
  /** Writes a new header with the attributes of the entry, and the content of a file. */
  create: 1,
  /** Writes a hard link to the node in `target`, which precedes it. */
  hardlink: 2,
  /** Writes a whiteout of the node's path. */
  whiteout: 3,
  /** Writes an opaque whiteout, which hides all lower files in the node's directory. */
  opaque: 4,
  /** Writes the header of a directory without its time, which a higher layer has: the same bytes whatever is added to it. */
  parent: 5,
} as const;

export type Action = (typeof Action)[keyof typeof Action];

/**
 * The entries of a tar to be written, in columns: each index is a step. Directories precede their children, whiteouts
 * their siblings, and targets their links. Contents are in the order of the layers, so that each layer is read once from
 * start to end.
 */
export interface TreePlan {
  readonly count: number;
  /** The node of the union whose path is written. */
  readonly node: Int32Array;
  /** An `Action` each. */
  readonly action: Uint8Array;
  /** The layer and the entry of the path; NONE for whiteouts and for directories without an entry. */
  readonly layer: Int32Array;
  readonly entry: Int32Array;
  /** The target node of a link; NONE for other steps. */
  readonly target: Int32Array;
}

/** Builds a plan step by step. */
export interface PlanBuilder {
  readonly count: number;
  add(node: number, action: Action, layer: number, entry: number, target: number): void;
  finish(): TreePlan;
}

export function createPlanBuilder(capacity = 64): PlanBuilder {
  let columns = newColumns(capacity);
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

function newColumns(capacity: number) {
  return {
    node: new Int32Array(capacity),
    action: new Uint8Array(capacity),
    layer: new Int32Array(capacity),
    entry: new Int32Array(capacity),
    target: new Int32Array(capacity),
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
