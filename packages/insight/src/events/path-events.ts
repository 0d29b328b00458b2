import { differingFields } from '@layers/core/diff';
import {
  bytesColumn,
  type Changeset,
  growTogether,
  indexColumn,
  Kind,
  NONE,
  type NodeTable,
  type Union,
  uniteLayers,
} from '@layers/core/rootfs';

export const CHANGES = ['added', 'changed', 'replaced', 'deleted'] as const;
/**
 * What a layer does to a path. `added`: the path did not exist. `changed`: it got an entry of the same type. `replaced`: it
 * got an entry of another type. `deleted`: it does not exist any more.
 *
 * @useDeclaredType
 */
export type PathChange = (typeof CHANGES)[number];

const DELETED = CHANGES.indexOf('deleted');

/** A state of a path: its type, and the entry with its attributes. */
export interface PathState {
  readonly kind: number;
  /** Layer and index of the entry; NONE for a directory without one. */
  readonly layer: number;
  readonly entry: number;
}

/** What one layer does to one path. */
export interface PathEvent {
  readonly layer: number;
  readonly change: PathChange;
  /** The state after the event; of a deleted path, the state before. */
  readonly state: PathState;
}

/**
 * What each layer of an image does to each path. A directory that a layer contains again with the same attributes is no event,
 * since most layers contain the parents of their files.
 */
export class PathEvents {
  readonly union: Union;
  readonly #node = indexColumn();
  readonly #layer = indexColumn();
  readonly #change = bytesColumn();
  readonly #kind = bytesColumn();
  readonly #stateLayer = indexColumn();
  readonly #stateEntry = indexColumn();
  /** The event before this one on the same path, plus one. */
  readonly #before = indexColumn();
  readonly #ensure;
  /** The last event of each node, plus one. */
  readonly #last = indexColumn();
  #count = 0;

  /**
   * Merges layers, and records what each does.
   *
   * @param lower the events of the lowest of these layers, which stay the same, as do their numbers and those of nodes
   */
  constructor(layers: readonly Changeset[], lower: PathEvents | null = null) {
    const columns = this.#columns();
    this.#ensure = growTogether(columns);
    // Most entries are events. Memory that is never touched costs nothing.
    const entries = layers.slice(lower?.union.layers.length ?? 0).reduce((sum, { count }) => sum + count, 0);
    this.#ensure((lower?.count ?? 0) + entries);
    if (lower !== null) {
      this.#count = lower.#count;
      for (const [i, { values }] of lower.#columns().entries())
        columns[i]?.values.set(values.subarray(0, this.#count));
      this.#last.ensure(lower.union.nodes.count);
      this.#last.values.set(lower.#last.values.subarray(0, lower.union.nodes.count));
    }
    this.union = uniteLayers(layers, lower?.union ?? null, (layer, touched, nodes) => {
      this.#last.ensure(nodes.count);
      for (const node of touched) this.#record(layer, node, nodes, layers);
    });
    this.#last.ensure(this.union.nodes.count);
  }

  /** The number of events. */
  get count(): number {
    return this.#count;
  }

  /** Returns the node of an event. */
  nodeOf(event: number): number {
    return this.#node.values[event] ?? NONE;
  }

  layerOf(event: number): number {
    return this.#layer.values[event] ?? NONE;
  }

  at(event: number): PathEvent {
    return {
      layer: this.layerOf(event),
      change: CHANGES[this.#change.values[event] ?? 0] ?? 'added',
      state: this.stateOf(event),
    };
  }

  stateOf(event: number): PathState {
    return {
      kind: this.#kind.values[event] ?? Kind.directory,
      layer: this.#stateLayer.values[event] ?? NONE,
      entry: this.#stateEntry.values[event] ?? NONE,
    };
  }

  /** Whether an event deletes its path. */
  isDeletion(event: number): boolean {
    return this.#change.values[event] === DELETED;
  }

  /** Returns the event before an event on the same path, or NONE. */
  previousOf(event: number): number {
    return (this.#before.values[event] ?? 0) - 1;
  }

  /** Returns the last event of a node, or NONE. */
  lastOf(node: number): number {
    return (this.#last.values[node] ?? 0) - 1;
  }

  /** Returns the last event of a node in the layers up to `layer`, or NONE. */
  lastUpTo(node: number, layer: number): number {
    let event = this.lastOf(node);
    while (event !== NONE && this.layerOf(event) > layer) event = this.previousOf(event);
    return event;
  }

  /** Returns the events of a node, the lowest layer first. */
  of(node: number): number[] {
    const events: number[] = [];
    for (let event = this.lastOf(node); event !== NONE; event = this.previousOf(event)) events.push(event);
    return events.reverse();
  }

  #columns() {
    return [
      this.#node,
      this.#layer,
      this.#change,
      this.#kind,
      this.#stateLayer,
      this.#stateEntry,
      this.#before,
    ];
  }

  #record(layer: number, node: number, nodes: NodeTable, layers: readonly Changeset[]): void {
    const last = this.lastOf(node);
    const existed = last !== NONE && !this.isDeletion(last);
    const exists = nodes.isLive(node);
    if (!exists) {
      if (existed) this.#add(layer, node, 'deleted', this.stateOf(last));
      return;
    }
    const state = { kind: nodes.kindOf(node), layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
    if (!existed) this.#add(layer, node, 'added', state);
    else {
      const before = this.stateOf(last);
      if (before.kind !== state.kind) this.#add(layer, node, 'replaced', state);
      else if (state.kind !== Kind.directory || differs(layers, before, state))
        this.#add(layer, node, 'changed', state);
    }
  }

  #add(layer: number, node: number, change: PathChange, state: PathState): void {
    const event = this.#count++;
    this.#ensure(this.#count);
    this.#node.values[event] = node;
    this.#layer.values[event] = layer;
    this.#change.values[event] = CHANGES.indexOf(change);
    this.#kind.values[event] = state.kind;
    this.#stateLayer.values[event] = state.layer;
    this.#stateEntry.values[event] = state.entry;
    this.#before.values[event] = this.#last.values[node] ?? 0;
    this.#last.values[node] = event + 1;
  }
}

/** A directory without an entry has no time, so that it differs from every directory with one. */
function differs(layers: readonly Changeset[], a: PathState, b: PathState): boolean {
  if ((a.layer === NONE) !== (b.layer === NONE)) return true;
  return differingFields(inodeOf(layers, a), inodeOf(layers, b)) !== 0;
}

/** Returns a state as `differingFields` takes it. */
export function inodeOf(
  layers: readonly Changeset[],
  { kind, layer, entry }: PathState,
): Parameters<typeof differingFields>[0] {
  return { kind, changeset: layers[layer] ?? null, entry };
}
