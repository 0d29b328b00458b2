import { Kind, NONE, ROOT } from '@layers/core/rootfs';
import type { LayerStack } from './layer-stack.js';
import { NodeStatus } from './node-status.js';

/**
 * The order of entries in the new layer. First come entries without data: each directory before its children, whiteouts
 * before their siblings, siblings in byte order. Then come contents in the order of their sources, so that each source
 * is read once from start to end. Hard links come last.
 */
export interface LayerOrder {
  /** Nodes without data, including whiteouts. */
  readonly withoutData: Int32Array;
  /** For each layer of the stack and each of its entries, the node that gets the content, or NONE. */
  readonly contents: readonly (Int32Array | null)[];
  /** Nodes that are hard links, and their targets. */
  readonly links: Int32Array;
  readonly targets: Int32Array;
}

export function orderLayer(stack: LayerStack, statuses: Uint8Array): LayerOrder {
  const { nodes, layers } = stack.after;
  const withoutData: number[] = [];
  const links: number[] = [];
  const targets: number[] = [];
  const first: (Int32Array | null)[] = layers.map(() => null);
  const contents: (Int32Array | null)[] = layers.map(() => null);

  const columnIn = (columns: (Int32Array | null)[], layer: number): Int32Array => {
    const column = columns[layer] ?? new Int32Array(layers[layer]?.count ?? 0).fill(NONE);
    columns[layer] = column;
    return column;
  };

  const place = (node: number): void => {
    const layer = nodes.layerOf(node);
    const kind = nodes.kindOf(node);
    if (kind === Kind.directory || layer === NONE) {
      withoutData.push(node);
      return;
    }
    const entry = nodes.entryOf(node);
    const names = columnIn(first, layer);
    const target = names[entry] ?? NONE;
    if (target !== NONE) {
      links.push(node);
      targets.push(target);
      return;
    }
    names[entry] = node;
    if (kind === Kind.file) columnIn(contents, layer)[entry] = node;
    else withoutData.push(node);
  };

  const whiteouts = whiteoutsByParent(stack, statuses);
  const openDirectory = (directory: number): number[] => {
    for (const node of whiteouts.get(directory) ?? []) withoutData.push(node);
    return changedChildren(stack, statuses, directory).reverse();
  };
  const pending = [openDirectory(ROOT)];
  while (pending.length > 0) {
    const node = pending.at(-1)?.pop();
    if (node === undefined) {
      pending.pop();
      continue;
    }
    place(node);
    if (nodes.kindOf(node) === Kind.directory) pending.push(openDirectory(node));
  }
  return {
    withoutData: Int32Array.from(withoutData),
    contents,
    links: Int32Array.from(links),
    targets: Int32Array.from(targets),
  };
}

function changedChildren({ after }: LayerStack, statuses: Uint8Array, directory: number): number[] {
  const { nodes } = after;
  const children: number[] = [];
  for (let at = nodes.firstChild(directory); at !== NONE; at = nodes.nextSibling(at)) {
    if (statuses[at] !== NodeStatus.unchanged) children.push(at);
  }
  return children.sort((a, b) => Buffer.compare(nodes.nameOf(a), nodes.nameOf(b)));
}

function whiteoutsByParent({ after }: LayerStack, statuses: Uint8Array): Map<number, number[]> {
  const { nodes } = after;
  const result = new Map<number, number[]>();
  for (let node = ROOT + 1; node < statuses.length; node++) {
    if (statuses[node] !== NodeStatus.deleted) continue;
    const parent = nodes.parentOf(node);
    const siblings = result.get(parent);
    if (siblings === undefined) result.set(parent, [node]);
    else siblings.push(node);
  }
  for (const siblings of result.values()) {
    siblings.sort((a, b) => Buffer.compare(nodes.nameOf(a), nodes.nameOf(b)));
  }
  return result;
}
