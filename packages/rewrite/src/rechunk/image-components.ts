import { Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { paddedTo512 } from '@layers/tar/internal';
import { type Component, type ComponentTable, VOLATILE } from './component-table.js';
import { canonicalPath, type PackageFiles } from './package-files.js';
import { componentOfPath, dpkgPackageOf, isVolatile } from './path-rules.js';

/** Longer paths count as their directories, so that deep trees need no memory. */
const MAX_PATH = 4096;
const HEADER_BYTES = 512;

/** The components of the paths of an image. */
export interface ImageComponents {
  /** For each node of the union, its component; NONE for directories with children, and where `includes` is false. */
  readonly of: Int32Array;
  /** Bytes of each component in a tar, about; 0 for one that the image lacks. */
  readonly bytes: Float64Array;
}

export interface ComponentOptions {
  /** Default: all nodes. */
  readonly includes?: (node: number) => boolean;
  /** The group of the components of a node. Default: 0 for all. */
  readonly groupOf?: (node: number) => number;
}

/**
 * Finds the component of each path. All names of an inode are in the component of the first one. A directory belongs to a
 * component only if it is empty; the others are repeated in each layer that has something in them.
 */
export function componentsOf(
  union: Union,
  packages: PackageFiles,
  table: ComponentTable,
  { includes = () => true, groupOf = () => 0 }: ComponentOptions = {},
): ImageComponents {
  const { nodes, names, layers } = union;
  const of = new Int32Array(nodes.count).fill(NONE);
  const directories = new Map<number, string>();
  const inodes = new Map<string, number>();
  const sizes: number[] = [];
  for (const node of walkNodes(union, ROOT)) {
    const above = directories.get(nodes.parentOf(node)) ?? '';
    const name = Buffer.from(nodes.nameOf(node)).toString('latin1');
    const path = above.length + name.length > MAX_PATH ? above : `${above}/${name}`;
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (isDirectory && nodes.firstChild(node) !== NONE) {
      directories.set(node, path);
      continue;
    }
    if (!includes(node)) continue;
    const [layer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
    const bytes = nodes.kindOf(node) === Kind.file ? (layers[layer]?.size[entry] ?? 0) : 0;
    const inode = (names[layer]?.[entry] ?? 0) > 1 ? `${layer} ${entry}` : null;
    const known = inode === null ? undefined : inodes.get(inode);
    const id = known ?? table.idOf(componentAt(path, bytes, packages), groupOf(node));
    if (inode !== null && known === undefined) inodes.set(inode, id);
    of[node] = id;
    sizes[id] = (sizes[id] ?? 0) + HEADER_BYTES + (known === undefined ? paddedTo512(bytes) : 0);
  }
  return { of, bytes: Float64Array.from({ length: table.count }, (_, id) => sizes[id] ?? 0) };
}

function componentAt(path: string, bytes: number, { owners, dpkg }: PackageFiles): Component {
  const described = dpkgPackageOf(path);
  const information = described === null ? undefined : dpkg.get(described);
  if (information !== undefined) return { name: information, kind: 'system' };
  if (isVolatile(path)) return VOLATILE;
  const owner = owners.get(canonicalPath(path));
  return owner === undefined ? componentOfPath(path, bytes) : { name: owner, kind: 'system' };
}
