import { textOfBytes } from '../findings/path-fields.js';
import { pathOf } from '../rootfs/changeset.js';
import { NONE, ROOT } from '../rootfs/node-table.js';
import { splitNames } from '../rootfs/rootfs.js';
import type { Union } from '../rootfs/union.js';
import { type Analysis, sizeOf } from './analysis.js';
import type { TreeNode } from './documents.js';
import { pathNotFound } from './list.js';

/** The wasted contents of each path, by node: a path may be a file in one layer and a directory in another. */
interface WasteByNode {
  readonly union: Union;
  /** Bytes of contents of the path itself, and how many there are. */
  readonly ownBytes: Float64Array;
  readonly ownFiles: Int32Array;
  /** The same with all that is below it. */
  readonly bytes: Float64Array;
  readonly files: Int32Array;
}

/** Options of `wasteTree`. */
export interface WasteTreeOptions {
  readonly path: string;
  readonly depth: number;
  /** Counts only what this layer stores. */
  readonly layer: number | undefined;
}

/**
 * Returns the wasted contents as a tree: the bytes below each directory that the layers store, and the root file system does
 * not show. Directories without any are left out. Throws ERR_LAYERS_PATH_NOT_FOUND for a path that no layer names.
 */
export function wasteTree(
  analysis: Analysis,
  { path, depth, layer }: WasteTreeOptions,
): { readonly path: string; readonly tree: TreeNode } {
  const waste = wasteByNode(analysis, layer);
  const names = splitNames(Buffer.from(path));
  const top = nodeOf(analysis.union, names);
  if (top === NONE) throw pathNotFound(analysis, path);
  const children = childrenByNode(waste);
  const shown = `/${names.map((name) => textOfBytes(name).text).join('/')}`;
  return { path: shown, tree: treeAt(waste, children, top, depth) };
}

function wasteByNode({ union }: Analysis, only: number | undefined): WasteByNode {
  const { nodes, layers, waste } = union;
  const ownBytes = new Float64Array(nodes.count);
  const ownFiles = new Int32Array(nodes.count);
  for (let i = 0; i < waste.count; i++) {
    const { layer, entry } = waste.at(i);
    const changeset = layers[layer];
    if (changeset === undefined || (only !== undefined && layer !== only)) continue;
    // A content that is at no path of the tree is in the nearest directory.
    const node = nodeOf(union, splitNames(pathOf(changeset, entry)), true);
    ownBytes[node] = (ownBytes[node] ?? 0) + sizeOf(layers, layer, entry);
    ownFiles[node] = (ownFiles[node] ?? 0) + 1;
  }
  const bytes = ownBytes.slice();
  const files = ownFiles.slice();
  // A directory has a lower number than what is in it.
  for (let node = nodes.count - 1; node > ROOT; node--) {
    const parent = nodes.parentOf(node);
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
    files[parent] = (files[parent] ?? 0) + (files[node] ?? 0);
  }
  return { union, ownBytes, ownFiles, bytes, files };
}

/** Returns the node of a path, whether it exists in the end or not; NONE, or the nearest one, where no layer names it. */
function nodeOf({ nodes }: Union, names: readonly Uint8Array[], nearest = false): number {
  let node = ROOT;
  for (const name of names) {
    const child = nodes.find(node, name, 0, name.length);
    if (child === NONE) return nearest ? node : NONE;
    node = child;
  }
  return node;
}

/** Returns the children of directories with wasted contents, where they have some themselves. */
function childrenByNode({ union: { nodes }, files }: WasteByNode): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (files[node] === 0) continue;
    const parent = nodes.parentOf(node);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [node]);
    else siblings.push(node);
  }
  return children;
}

/** Recursion is safe: no path has more than 4,095 bytes, and so no tree more than 2,048 levels. */
function treeAt(
  waste: WasteByNode,
  children: ReadonlyMap<number, readonly number[]>,
  node: number,
  depth: number,
): TreeNode {
  const { union, bytes, files } = waste;
  const below = [...(children.get(node) ?? [])].sort((a, b) =>
    Buffer.compare(union.nodes.nameOf(a), union.nodes.nameOf(b)),
  );
  const name = node === ROOT ? '/' : textOfBytes(union.nodes.nameOf(node)).text;
  const measured = { name, sizeBytes: bytes[node] ?? 0, files: files[node] ?? 0 };
  if (below.length === 0 && node !== ROOT) return { ...measured, type: 'file' };
  const shown = depth > 0 ? below.flatMap((child) => entriesOf(waste, children, child, depth - 1)) : [];
  return { ...measured, type: 'directory', ...(shown.length > 0 ? { children: shown } : {}) };
}

/** Returns a path as a file, a directory, or both, where it was each in some layer. */
function entriesOf(
  waste: WasteByNode,
  children: ReadonlyMap<number, readonly number[]>,
  node: number,
  depth: number,
): TreeNode[] {
  const tree = treeAt(waste, children, node, depth);
  const sizeBytes = waste.ownBytes[node] ?? 0;
  const files = waste.ownFiles[node] ?? 0;
  if (tree.type !== 'directory' || files === 0) return [tree];
  return [
    { ...tree, sizeBytes: tree.sizeBytes - sizeBytes, files: tree.files - files },
    { name: tree.name, type: 'file', sizeBytes, files },
  ];
}
