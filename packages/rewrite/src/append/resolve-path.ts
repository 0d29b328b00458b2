import { Kind, linkTargetOf, NONE, ROOT, splitNames, splitPath, type Union } from '@layers/core/rootfs';

/** A path of the image after following its symlinks. */
export interface ResolvedPath {
  /** The names from the root. None of them is a symlink of the image. */
  readonly names: readonly Uint8Array[];
  /** The live node at the path, or NONE. */
  readonly node: number;
  /** Whether a symlink was followed. */
  readonly followed: boolean;
}

const MAX_LINKS = 40;

/**
 * Follows the symlinks of a path as a process in the image does, including dangling ones.
 *
 * @returns null for a loop of symlinks
 */
export function resolvePath(union: Union, path: readonly Uint8Array[]): ResolvedPath | null {
  const { nodes } = union;
  const left = [...path].reverse();
  const names: Uint8Array[] = [];
  const chain: number[] = [ROOT];
  let links = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (isDots(name)) {
      if (name.length === 2 && names.length > 0) {
        names.pop();
        chain.pop();
      }
      continue;
    }
    const node = childOf(union, chain.at(-1) ?? NONE, name);
    const changeset = node === NONE ? undefined : union.layers[nodes.layerOf(node)];
    if (changeset === undefined || nodes.kindOf(node) !== Kind.symlink) {
      names.push(name);
      chain.push(node);
      continue;
    }
    if (++links > MAX_LINKS) return null;
    const target = linkTargetOf(changeset, nodes.entryOf(node));
    if (target[0] === SLASH) {
      names.length = 0;
      chain.length = 1;
    }
    left.push(...splitNames(target).reverse());
  }
  return { names, node: chain.at(-1) ?? NONE, followed: links > 0 };
}

/** Returns the live node of a name in a directory, or NONE. */
function childOf(union: Union, directory: number, name: Uint8Array): number {
  if (directory === NONE || !union.nodes.isLiveDirectory(directory)) return NONE;
  const node = union.nodes.find(directory, name, 0, name.length);
  return node !== NONE && union.nodes.isLive(node) ? node : NONE;
}

/** Joins names with slashes, without a leading slash. */
export function joinNames(names: readonly Uint8Array[]): Buffer {
  return Buffer.concat(names.flatMap((name, i) => (i === 0 ? [name] : [SEPARATOR, name])));
}

/** Maps the paths of an addition to paths of the image. */
export interface PathMapper {
  /**
   * Returns the path in the image, without a leading slash. Follows parents that are symlinks to directories of the image,
   * if the mapper follows symlinks. Returns a path that climbs out of the addition unchanged, to be refused later.
   * Null for the top of the addition, and for a directory that is such a symlink: both keep their attributes.
   */
  map(path: Uint8Array, isDirectory: boolean): Uint8Array | null;
}

/**
 * Returns a mapper for an addition.
 *
 * @param top the destination
 * @param onFollow receives each symlink that is followed, and its target
 */
export function createPathMapper(
  union: Union,
  top: ResolvedPath,
  follow: boolean,
  onFollow: (link: Buffer, target: Buffer) => void,
): PathMapper {
  const parts: number[] = [];
  // Entries are sorted by directory, so the last directory is usually that of the next entry.
  let lastKey: Buffer | null = null;
  let last = { place: top, prefix: prefixOf(top) };

  const step = (from: ResolvedPath, name: Uint8Array): ResolvedPath => {
    const names = [...from.names, name];
    const node = childOf(union, from.node, name);
    if (!follow || node === NONE || union.nodes.kindOf(node) !== Kind.symlink) {
      return { names, node, followed: from.followed };
    }
    const to = resolvePath(union, names);
    if (to === null || to.node === NONE || !union.nodes.isLiveDirectory(to.node)) {
      return { names, node: NONE, followed: from.followed };
    }
    onFollow(joinNames(names), joinNames(to.names));
    return { ...to, followed: true };
  };

  /** Resolves the first `depth` parts of a path that was split into `parts`. */
  const resolveDirectory = (
    path: Uint8Array,
    depth: number,
  ): { readonly place: ResolvedPath; readonly prefix: Buffer } => {
    const key = depth === 0 ? path.subarray(0, 0) : path.subarray(parts[0], parts[depth * 2 - 1]);
    if (lastKey?.equals(key)) return last;
    let place = top;
    for (let i = 0; i < depth; i++) {
      place = step(place, Buffer.from(path.subarray(parts[i * 2], parts[i * 2 + 1])));
    }
    lastKey = Buffer.from(key);
    last = { place, prefix: prefixOf(place) };
    return last;
  };

  return {
    map(path, isDirectory) {
      const depth = splitPath(path, parts);
      if (typeof depth === 'string') return path;
      if (depth === 0) return null;
      const name = path.subarray(parts[depth * 2 - 2], parts[depth * 2 - 1]);
      const { place, prefix } = resolveDirectory(path, depth - 1);
      if (isDirectory && follow) {
        const node = childOf(union, place.node, name);
        const isLink = node !== NONE && union.nodes.kindOf(node) === Kind.symlink;
        if (isLink && resolveDirectory(path, depth).place.node !== NONE) return null;
      }
      return Buffer.concat([prefix, name]);
    },
  };
}

function prefixOf({ names }: ResolvedPath): Buffer {
  return names.length === 0 ? Buffer.alloc(0) : Buffer.concat([joinNames(names), SEPARATOR]);
}

const SLASH = 0x2f;
const DOT = 0x2e;
const SEPARATOR = Buffer.from('/');

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((byte) => byte === DOT);
}
