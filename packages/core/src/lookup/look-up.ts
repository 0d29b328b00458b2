import { type Changeset, linkTargetOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { NONE, ROOT } from '../rootfs/node-table.js';
import { childNamed, findNode, splitNames } from '../rootfs/rootfs.js';
import type { Union } from '../rootfs/union.js';
import { linkedPaths } from './linked-paths.js';
import { namesOfEntry } from './names-of-entry.js';
import { uniteWanted } from './unite-wanted.js';
import { WANTED_ROOT, WantedPaths } from './wanted-paths.js';

/** A merged tree of which only the nodes that were asked for have a meaning. */
export interface FoundNodes {
  readonly union: Union;
  readonly nodes: readonly number[];
}

/** A directory or a file, and what is in it. */
export interface FoundDirectory {
  readonly union: Union;
  readonly top: number;
}

/** As many symlinks as the kernel follows, and more, for several paths. */
const MAX_ROUNDS = 64;
const MAX_LINKS = 40;

/**
 * Finds the live nodes of paths, as `resolvePath` finds them in all layers merged, but merges only what these paths depend on.
 *
 * @returns null where a path leads to nothing, which only the merge of all can explain, and where it would be faster
 */
export function lookUpPaths(
  layers: readonly Changeset[],
  paths: readonly (string | Uint8Array)[],
): FoundNodes | null {
  const wanted = new WantedPaths();
  const all = paths.map((path) => splitNames(typeof path === 'string' ? Buffer.from(path) : path));
  for (const names of all) addNames(wanted, WANTED_ROOT, names);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const union = uniteWanted(layers, wanted);
    if (union === null) return null;
    const nodes = all.map((names) => followNames(union, wanted, names));
    if (nodes.includes(NONE)) return null;
    const known = nodes.filter((node) => node !== null);
    if (known.length === nodes.length) return { union, nodes: known };
  }
  return null;
}

/**
 * Finds the live node of a path, as `findNode` does in all layers merged, and where it is a directory its children, with all
 * other names of their contents.
 *
 * @returns null where there is no such node, or where the merge of all would be faster
 */
export function lookUpDirectory(layers: readonly Changeset[], path: Uint8Array): FoundDirectory | null {
  const wanted = new WantedPaths();
  const names = namesOfEntry(path);
  if (names === null) return null;
  wanted.list(wanted.add(names));
  const linked = linkedPaths(layers, names);
  if (linked === null) return null;
  for (const other of linked) wanted.add(splitNames(other));
  const union = uniteWanted(layers, wanted);
  const top = union === null ? NONE : findNode(union, path);
  return union === null || top === NONE ? null : { union, top };
}

/**
 * Merges only what paths, and what is below them, depend on. There, and at the directories above, the result is the same as with all
 * layers merged; other nodes have no meaning.
 *
 * @returns null where a path does not exist, and where the merge of all would be faster
 */
export function lookUpTrees(layers: readonly Changeset[], paths: readonly Uint8Array[]): Union | null {
  const wanted = new WantedPaths();
  for (const path of paths) {
    const names = namesOfEntry(path);
    if (names === null || names.length === 0) return null;
    wanted.addTree(names);
  }
  const union = uniteWanted(layers, wanted);
  return union !== null && paths.every((path) => findNode(union, path) !== NONE) ? union : null;
}

/** Returns the node of names, NONE where there is none, or null where further paths are wanted to find it. */
function followNames(union: Union, wanted: WantedPaths, names: readonly Uint8Array[]): number | null {
  const { nodes } = union;
  const left = names.toReversed();
  const chain: { readonly node: number; readonly path: number }[] = [];
  let links = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (isParent(name)) {
      chain.pop();
      continue;
    }
    const parent = chain.at(-1) ?? { node: ROOT, path: WANTED_ROOT };
    const path = wanted.find(parent.path, name, 0, name.length);
    if (path === WANTED_ROOT) {
      addNames(wanted, parent.path, [name, ...left.toReversed()]);
      return null;
    }
    const node = childNamed(union, parent.node, name);
    if (node === NONE) return NONE;
    const changeset = union.layers[nodes.layerOf(node)];
    if (nodes.kindOf(node) !== Kind.symlink || changeset === undefined) {
      chain.push({ node, path });
      continue;
    }
    if (++links > MAX_LINKS) return NONE;
    const target = linkTargetOf(changeset, nodes.entryOf(node));
    if (target[0] === SLASH) chain.length = 0;
    left.push(...splitNames(target).reverse());
  }
  return chain.at(-1)?.node ?? ROOT;
}

/** Adds the path of names up to the first `..`, which depends on what is before it. */
function addNames(wanted: WantedPaths, from: number, names: readonly Uint8Array[]): void {
  const up = names.findIndex(isParent);
  wanted.add(up === -1 ? names : names.slice(0, up), from);
}

const SLASH = 0x2f;
const DOT = 0x2e;

function isParent(name: Uint8Array): boolean {
  return name.length === 2 && name[0] === DOT && name[1] === DOT;
}
