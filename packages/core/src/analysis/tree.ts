import { textOfBytes } from '../findings/path-fields.js';
import type { LayerOptions } from '../image/open-archive.js';
import type { Changeset } from '../rootfs/changeset.js';
import { linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind, nodeTypeOf } from '../rootfs/kind.js';
import { NONE, ROOT } from '../rootfs/node-table.js';
import { childrenOf, findNode, nodePath } from '../rootfs/rootfs.js';
import { type Union, uniteLayers } from '../rootfs/union.js';
import type { Analysis } from './analysis.js';
import { SCHEMA_VERSION, type TreeDocument, type TreeNode } from './documents.js';
import { allFindings } from './findings.js';
import { imageInfo } from './image-info.js';
import { layerAt, nodeAt, pathNotInLayer } from './list.js';
import { wasteTree } from './waste-tree.js';

/** Options of `fileTree`. */
export interface TreeOptions extends LayerOptions {
  /** The top of the tree. Default: the root. */
  readonly path?: string | undefined;
  /** Levels below the top. Default and maximum: 256. Sizes always include all levels. */
  readonly depth?: number | undefined;
  /** Position of a layer: shows its own entries instead of the merged tree. */
  readonly layer?: number | undefined;
  /** Shows wasted contents in place of the merged tree, or of a layer. Default: false. */
  readonly waste?: boolean | undefined;
}

/** Deeper than any real tree. The indentation of a deeper line would fill a page. */
const MAX_DEPTH = 256;

/** Returns the merged file system, or one layer's entries, as a tree with sizes. Throws as `listEntries` does. */
export function treeDocument(analysis: Analysis, options: TreeOptions = {}): TreeDocument {
  const { layer, path = '/', waste = false } = options;
  const depth = Math.min(options.depth ?? MAX_DEPTH, MAX_DEPTH);
  const changeset = layer === undefined ? null : layerAt(analysis, layer);
  const about: Omit<TreeDocument, 'path' | 'tree'> = {
    schemaVersion: SCHEMA_VERSION,
    source: analysis.image.archive.source,
    image: imageInfo(analysis.image.description),
    layer: layer ?? null,
    waste,
    findings: allFindings(analysis),
  };
  if (waste) return { ...about, ...wasteTree(analysis, { path, depth, layer }) };
  const union = changeset === null ? analysis.union : uniteLayers([changeset]);
  const top = layer === undefined ? nodeAt(analysis, path) : findNode(union, Buffer.from(path));
  if (top === NONE) throw pathNotInLayer(layer ?? 0, path);
  const markers = changeset === null ? new Map<number, TreeNode[]>() : markersOf(union, changeset);
  return {
    ...about,
    path: textOfBytes(nodePath(union, top)).text,
    tree: measure({ union, markers }, top, depth).tree,
  };
}

interface MeasuredUnion {
  readonly union: Union;
  /** The whiteouts of a layer, by the node of their directory. */
  readonly markers: ReadonlyMap<number, readonly TreeNode[]>;
}

interface Measured {
  readonly tree: TreeNode;
  /** Contents with several names, so that ancestors count each once. */
  readonly shared: Set<string> | null;
}

/** Recursion is safe: no path has more than 4,095 bytes, and so no tree more than 2,048 levels. */
function measure(source: MeasuredUnion, node: number, depth: number): Measured {
  const { nodes, layers, names } = source.union;
  const kind = nodes.kindOf(node);
  const layer = nodes.layerOf(node);
  const entry = nodes.entryOf(node);
  const changeset = layers[layer];
  const name = node === ROOT ? '/' : textOfBytes(nodes.nameOf(node)).text;
  if (kind !== Kind.directory) {
    const isFile = kind === Kind.file;
    const link = kind === Kind.symlink && changeset !== undefined ? linkTargetOf(changeset, entry) : null;
    const several = isFile && (names[layer]?.[entry] ?? 0) > 1;
    return {
      tree: {
        name,
        type: nodeTypeOf(kind) ?? 'file',
        sizeBytes: isFile ? (changeset?.size[entry] ?? 0) : 0,
        files: isFile ? 1 : 0,
        ...(link === null ? {} : { linkname: textOfBytes(link).text }),
      },
      shared: several ? new Set([`${layer} ${entry} ${changeset?.size[entry] ?? 0}`]) : null,
    };
  }
  let bytes = 0;
  let files = 0;
  let shared: Set<string> | null = null;
  const children: TreeNode[] = [];
  /** The first name of each file with several names. */
  const firstNames = new Map<string, string>();
  for (const child of childrenOf(source.union, node)) {
    const below = measure(source, child, depth - 1);
    bytes += below.tree.sizeBytes;
    files += below.tree.files;
    if (shared === null) shared = below.shared;
    else {
      for (const key of below.shared ?? []) {
        if (shared.has(key)) bytes -= Number(key.slice(key.lastIndexOf(' ')));
        else shared.add(key);
      }
    }
    if (depth > 0) children.push(withFirstName(below, firstNames));
  }
  if (depth > 0) children.push(...(source.markers.get(node) ?? []));
  const tree: TreeNode = {
    name,
    type: 'directory',
    sizeBytes: bytes,
    files,
    ...(children.length > 0 ? { children } : {}),
  };
  return { tree, shared };
}

/** Adds the name under which a directory has a file already. */
function withFirstName({ tree, shared }: Measured, firstNames: Map<string, string>): TreeNode {
  if (tree.type !== 'file' || shared === null) return tree;
  const [key = ''] = shared;
  const first = firstNames.get(key);
  if (first !== undefined) return { ...tree, sameFileAs: first };
  firstNames.set(key, tree.name);
  return tree;
}

function markersOf(union: Union, changeset: Changeset): Map<number, TreeNode[]> {
  const markers = new Map<number, TreeNode[]>();
  for (let entry = 0; entry < changeset.count; entry++) {
    if (changeset.kind[entry] !== Kind.whiteout) continue;
    const path = pathOf(changeset, entry);
    const cut = path.lastIndexOf(0x2f);
    const directory = nearestNode(union, path.subarray(0, cut));
    const name = directory.exact ? path.subarray(cut + 1) : path.subarray(directory.bytes + 1);
    const marker: TreeNode = { name: textOfBytes(name).text, type: 'whiteout', sizeBytes: 0, files: 0 };
    const siblings = markers.get(directory.node);
    if (siblings === undefined) markers.set(directory.node, [marker]);
    else siblings.push(marker);
  }
  return markers;
}

/** Returns the node of a directory, or of its nearest ancestor: a layer may lack the directories of its whiteouts. */
function nearestNode(union: Union, path: Uint8Array): { node: number; bytes: number; exact: boolean } {
  for (let bytes = path.length; bytes > 0; bytes = path.lastIndexOf(0x2f, bytes - 1)) {
    const node = findNode(union, path.subarray(0, bytes));
    if (node !== NONE) return { node, bytes, exact: bytes === path.length };
  }
  return { node: ROOT, bytes: 0, exact: path.length === 0 };
}
