import { linkTargetOf } from './changeset.js';
import { Kind } from './kind.js';
import { NONE, ROOT } from './node-table.js';
import { splitPath } from './path.js';
import type { MergedTree, Union } from './union.js';

/** Returns the path of a node, with a leading slash, as bytes. */
export function nodePath({ nodes }: MergedTree, node: number): Uint8Array {
  let length = 0;
  for (let current = node; current > ROOT; current = nodes.parentOf(current))
    length += nodes.nameLengthOf(current) + 1;
  if (length === 0) return Uint8Array.of(SLASH);
  const path = Buffer.allocUnsafe(length);
  let at = length;
  for (let current = node; current > ROOT; current = nodes.parentOf(current)) {
    at -= nodes.nameLengthOf(current);
    nodes.copyName(current, path, at);
    path[--at] = SLASH;
  }
  return path;
}

/** Returns the live node at a path of the root file system, or NONE. Does not follow symlinks. */
export function findNode(union: MergedTree, path: Uint8Array): number {
  const parts: number[] = [];
  const depth = splitPath(path, parts);
  if (typeof depth === 'string') return NONE;
  let node = ROOT;
  for (let i = 0; i < depth; i++) {
    node = union.nodes.find(node, path, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
    if (node === NONE || !union.nodes.isLive(node)) return NONE;
  }
  return node;
}

const MAX_LINKS = 40;

/** A node, or why a path leads to none. */
export type ResolvedPath =
  | { readonly node: number }
  /** The path of the first part that does not exist. */
  | { readonly missing: string }
  | { readonly loops: true };

/** Returns the live node of a path. Follows symlinks in all its parts, as a container does. */
export function resolvePath(union: MergedTree, path: string | Uint8Array): ResolvedPath {
  const { nodes } = union;
  const left = splitNames(typeof path === 'string' ? Buffer.from(path) : path).reverse();
  const chain: number[] = [];
  let links = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (isParent(name)) {
      chain.pop();
      continue;
    }
    const parent = chain.at(-1) ?? ROOT;
    const node = childNamed(union, parent, name);
    if (node === NONE) {
      const directory = parent === ROOT ? '' : Buffer.from(nodePath(union, parent)).toString('utf8');
      return { missing: `${directory}/${Buffer.from(name).toString('utf8')}` };
    }
    const changeset = union.layers[nodes.layerOf(node)];
    if (nodes.kindOf(node) !== Kind.symlink || changeset === undefined) {
      chain.push(node);
      continue;
    }
    if (++links > MAX_LINKS) return { loops: true };
    const target = linkTargetOf(changeset, nodes.entryOf(node));
    if (target[0] === SLASH) chain.length = 0;
    for (const part of splitNames(target).reverse()) left.push(part);
  }
  return { node: chain.at(-1) ?? ROOT };
}

/** Returns the live child of a node with a name, or NONE. */
export function childNamed(union: MergedTree, parent: number, name: Uint8Array): number {
  const node = union.nodes.find(parent, name, 0, name.length);
  return node !== NONE && union.nodes.isLive(node) ? node : NONE;
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** Splits a path into names. Keeps `..`, and drops `.` and empty names. */
export function splitNames(path: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf(SLASH, start);
    const end = slash === -1 ? path.length : slash;
    const name = path.subarray(start, end);
    if (name.length > 0 && !(name.length === 1 && name[0] === DOT)) names.push(name);
    start = end + 1;
  }
  return names;
}

function isParent(name: Uint8Array): boolean {
  return name.length === 2 && name[0] === DOT && name[1] === DOT;
}

/** Returns the live children of a node, sorted by the bytes of their names. */
export function childrenOf(union: MergedTree, node: number): number[] {
  const { nodes } = union;
  const children: number[] = [];
  for (let child = nodes.firstChild(node); child !== NONE; child = nodes.nextSibling(child)) {
    children.push(child);
  }
  return children.sort((a, b) => nodes.compareNames(a, b));
}

/**
 * Yields the live nodes below `top`, each directory before its children, siblings sorted by the bytes of their names.
 * Yields only the children of `top` where `recursive` is false.
 */
export function* walkNodes(
  union: MergedTree,
  top: number,
  recursive = true,
): Generator<number, void, undefined> {
  const stack = [childrenOf(union, top).reverse()];
  while (stack.length > 0) {
    const node = stack.at(-1)?.pop();
    if (node === undefined) {
      stack.pop();
      continue;
    }
    yield node;
    if (recursive && union.nodes.firstChild(node) !== NONE) stack.push(childrenOf(union, node).reverse());
  }
}

/** Compares two nodes by their place in `walkNodes`. */
export function compareNodes({ nodes }: MergedTree, a: number, b: number): number {
  const [aboveA, aboveB] = [a, b].map((node) => {
    const chain: number[] = [];
    for (let current = node; current > ROOT; current = nodes.parentOf(current)) chain.push(current);
    return chain.reverse();
  });
  if (aboveA === undefined || aboveB === undefined) return 0;
  const differs = aboveA.findIndex((node, depth) => node !== aboveB[depth]);
  const [x, y] = [aboveA[differs], aboveB[differs]];
  // One is above the other, or is it.
  if (x === undefined || y === undefined) return aboveA.length - aboveB.length;
  return nodes.compareNames(x, y);
}

export interface RootfsTotals {
  files: number;
  directories: number;
  symlinks: number;
  others: number;
  /** Bytes of the contents that paths reach, each counted once. */
  rootfsBytes: number;
}

/** Counts the paths of the root file system and the bytes of its contents. */
export function rootfsTotals(union: Union): RootfsTotals {
  const totals: RootfsTotals = { files: 0, directories: 0, symlinks: 0, others: 0, rootfsBytes: 0 };
  const { nodes } = union;
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node)) continue;
    const kind = nodes.kindOf(node);
    if (kind === Kind.file) totals.files++;
    else if (kind === Kind.directory) totals.directories++;
    else if (kind === Kind.symlink) totals.symlinks++;
    else totals.others++;
  }
  union.layers.forEach((changeset, layer) => {
    const names = union.names[layer];
    for (let entry = 0; entry < changeset.count; entry++) {
      if (changeset.kind[entry] === Kind.file && (names?.[entry] ?? 0) > 0) {
        totals.rootfsBytes += changeset.size[entry] ?? 0;
      }
    }
  });
  return totals;
}
