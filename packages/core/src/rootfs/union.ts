import type { Changeset } from './changeset.js';
import { type CopyCandidate, LayerApplication, type LayerChanges } from './layer-application.js';
import { createNodeState } from './node-state.js';
import { NodeTable } from './node-table.js';
import { createWasteList, type WasteList } from './waste-list.js';

/** Merged layers: the tree, the number of names of each content, and the contents that became unreachable. */
export interface Union {
  readonly layers: readonly Changeset[];
  readonly nodes: NodeTable;
  /** The number of live paths of every entry, by layer. */
  readonly names: readonly Uint32Array[];
  /** What each layer changed. */
  readonly changes: readonly LayerChanges[];
  readonly waste: WasteList;
  readonly candidates: readonly CopyCandidate[];
}

/** The tree of a union, also of one of which not all layers are applied yet. */
export type MergedTree = Pick<Union, 'layers' | 'nodes'>;

/**
 * Observes a union while layers are applied. Called after each layer with the nodes that it placed or removed, each once;
 * directories that did not change may be among them. The list is valid during the call.
 */
export type LayerObserver = (layer: number, touched: Int32Array, nodes: NodeTable) => void;

/**
 * Applies changesets, lowest first, to an empty root (OCI image-spec layer.md "Applying Changesets"). Follows
 * overlay where the specification says nothing. Does no IO; reports every oddity as a finding of its layer.
 *
 * @param base the union of the first of these layers, to continue from; it does not change. Its nodes stand for the
 *   same paths in the result
 */
export function uniteLayers(
  layers: readonly Changeset[],
  base: Union | null = null,
  observe?: LayerObserver,
): Union {
  const table = base === null ? new NodeTable(layers) : base.nodes.fork(layers);
  const union = {
    layers,
    nodes: table,
    state: createNodeState(table.capacity),
    names: layers.map((layer, i) => base?.names[i]?.slice() ?? new Uint32Array(layer.count)),
    waste: createWasteList(base?.waste),
    candidates: [...(base?.candidates ?? [])],
  };
  const changes = [...(base?.changes ?? [])];
  layers.forEach((changeset, layer) => {
    if (layer >= (base?.layers.length ?? 0)) {
      const application = new LayerApplication(union, layer, changeset);
      changes.push(application.apply());
      observe?.(layer, application.touched, union.nodes);
    }
  });
  const { nodes, names, waste, candidates } = union;
  return { layers, nodes, names, changes, waste, candidates };
}
