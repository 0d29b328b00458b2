import type { Analysis } from '@layers/core/analysis';
import { Kind, NONE, nodeTypeOf, ROOT } from '@layers/core/rootfs';
import type { PathEvents } from '@layers/insight/events';
import {
  type Attributes,
  ITEM_CHANGES,
  ITEM_TYPES,
  ITEM_WASTE,
  type ReportColumns,
} from '../data/report-data.js';
import { AttributeTable } from './attribute-table.js';
import { type HiddenEntry, hiddenEntries } from './hidden-entries.js';
import { orderPaths, type PathOrder } from './path-order.js';

/** The columns of an image, and what they refer to. */
export interface ImageColumns {
  readonly columns: ReportColumns;
  readonly attributes: readonly Attributes[];
  readonly owners: readonly string[];
}

/** Returns the name of the package that owns the path of a node; null for none. */
export type OwnerOf = (node: number) => string | null;

const CHANGED = ITEM_CHANGES.indexOf('changed');
const NO_ENTRIES: readonly HiddenEntry[] = [];

/**
 * Returns every path that a layer names, with what each layer does to it. The bytes of all items are those of all
 * contents: each counts once, in the layer that stores it.
 */
export function imageColumns(analysis: Analysis, events: PathEvents, ownerOf: OwnerOf): ImageColumns {
  const { nodes, layers } = events.union;
  const hidden = hiddenEntries(events);
  const order = orderPaths(nodes, (node) => events.lastOf(node) !== NONE || hidden.has(node));
  const hiddenCount = [...hidden.values()].reduce((sum, { length }) => sum + length, 0);
  const items = events.count + hiddenCount;
  const columns = {
    path: new Int32Array(items),
    layer: new Int32Array(items),
    change: new Uint8Array(items),
    type: new Uint8Array(items),
    bytes: new Float64Array(items),
    bytesBefore: new Float64Array(items),
    waste: new Uint8Array(items),
    wastedBy: new Int32Array(items).fill(NONE),
    attributes: new Int32Array(items),
  };
  /** The item that counts each content. */
  const counted = layers.map(({ count }) => new Int32Array(count).fill(NONE));
  const table = new AttributeTable();
  let item = 0;
  const add = (layer: number, change: number, kind: number, storedIn: number, entry: number): void => {
    columns.layer[item] = layer;
    columns.change[item] = change;
    columns.type[item] = Math.max(0, ITEM_TYPES.indexOf(nodeTypeOf(kind) ?? 'file'));
    const changeset = layers[storedIn];
    if (changeset !== undefined) columns.attributes[item] = table.indexOf(changeset, entry);
    const ofLayer = counted[storedIn];
    // Another hard link stores nothing, and neither does a link to a content of a lower layer.
    if (kind === Kind.file && storedIn === layer && ofLayer?.[entry] === NONE) {
      ofLayer[entry] = item;
      columns.bytes[item] = changeset?.size[entry] ?? 0;
    }
  };
  for (let path = 0; path < order.count; path++) {
    const node = order.node[path] ?? ROOT;
    for (const { layer, entry } of hidden.get(node) ?? NO_ENTRIES) {
      columns.path[item] = path;
      add(layer, CHANGED, Kind.file, layer, entry);
      item++;
    }
    for (const event of events.of(node)) {
      const { layer, change, state } = events.at(event);
      columns.path[item] = path;
      add(layer, ITEM_CHANGES.indexOf(change), state.kind, state.layer, state.entry);
      item++;
    }
  }
  markWaste(analysis, counted, columns);
  const { owner, owners } = ownersOf(order, ownerOf);
  return {
    columns: {
      paths: order.count,
      parent: order.parent,
      ...namesOf(order, (node) => nodes.nameOf(node)),
      owner,
      items,
      ...columns,
    },
    attributes: table.rows,
    owners,
  };
}

function markWaste(
  { union: { waste: list } }: Analysis,
  counted: readonly Int32Array[],
  { waste, wastedBy }: Pick<ReportColumns, 'waste' | 'wastedBy'>,
): void {
  for (let i = 0; i < list.count; i++) {
    const { layer, entry, cause, unreachableFrom } = list.at(i);
    const item = counted[layer]?.[entry] ?? NONE;
    if (item === NONE) continue;
    waste[item] = ITEM_WASTE.indexOf(cause);
    wastedBy[item] = unreachableFrom;
  }
}

function namesOf(
  { count, node }: PathOrder,
  nameOf: (node: number) => Uint8Array,
): Pick<ReportColumns, 'nameStart' | 'names'> {
  const nameStart = new Uint32Array(count + 1);
  for (let path = 0; path < count; path++) {
    const length = path === 0 ? 0 : nameOf(node[path] ?? ROOT).length;
    nameStart[path + 1] = (nameStart[path] ?? 0) + length;
  }
  const names = new Uint8Array(nameStart[count] ?? 0);
  for (let path = 1; path < count; path++) names.set(nameOf(node[path] ?? ROOT), nameStart[path]);
  return { nameStart, names };
}

function ownersOf(
  { count, node }: PathOrder,
  ownerOf: OwnerOf,
): { readonly owner: Int32Array; readonly owners: readonly string[] } {
  const numbers = new Map<string, number>();
  const owner = new Int32Array(count);
  for (let path = 0; path < count; path++) {
    const name = ownerOf(node[path] ?? ROOT);
    if (name === null) continue;
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    owner[path] = number;
  }
  return { owner, owners: [...numbers.keys()] };
}
