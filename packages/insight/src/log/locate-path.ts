import { type Changeset, Kind, linkTargetOf, NONE, ROOT, resolvePath, splitNames } from '@layers/core/rootfs';
import type { PathEvents } from '../events/path-events.js';

const MAX_LINKS = 40;
const SLASH = 0x2f;

/**
 * Returns the node of a path that some layer contains, or NONE. Follows symlinks in the parents of the path, as a container
 * does, but not the path itself. Where the final root file system does not lead to a path, takes the path literally; else
 * follows the symlinks that deleted parents were last.
 */
export function locatePath(events: PathEvents, path: string | Uint8Array): number {
  const names = splitNames(typeof path === 'string' ? Buffer.from(path) : path);
  const name = names.at(-1);
  if (name === undefined) return ROOT;
  return [liveNode, literalNode, lastNode].reduce((found, locate) => {
    if (found !== NONE) return found;
    const node = locate(events, names, name);
    return node === ROOT || (node !== NONE && events.lastOf(node) !== NONE) ? node : NONE;
  }, NONE);
}

function liveNode({ union }: PathEvents, names: readonly Uint8Array[], name: Uint8Array): number {
  if (isParent(name)) return nodeOf(resolvePath(union, joined(names)));
  const parent = nodeOf(resolvePath(union, joined(names.slice(0, -1))));
  return parent === NONE ? NONE : union.nodes.find(parent, name, 0, name.length);
}

function nodeOf(resolved: ReturnType<typeof resolvePath>): number {
  return 'node' in resolved ? resolved.node : NONE;
}

function literalNode(events: PathEvents, names: readonly Uint8Array[]): number {
  return walk(events, names, () => null);
}

function lastNode(events: PathEvents, names: readonly Uint8Array[]): number {
  const { layers } = events.union;
  let links = 0;
  return walk(events, names, (node) => {
    const last = events.lastOf(node);
    if (last === NONE || events.stateOf(last).kind !== Kind.symlink || ++links > MAX_LINKS) return null;
    const { layer, entry } = events.stateOf(last);
    return targetOf(layers[layer], entry);
  });
}

function targetOf(changeset: Changeset | undefined, entry: number): Uint8Array | null {
  return changeset === undefined ? null : linkTargetOf(changeset, entry);
}

/** Walks names from the root, live or not. `follow` returns the target of a parent that is a symlink. */
function walk(
  { union: { nodes } }: PathEvents,
  names: readonly Uint8Array[],
  follow: (node: number) => Uint8Array | null,
): number {
  const left = [...names].reverse();
  const chain: number[] = [];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (isParent(name)) {
      chain.pop();
      continue;
    }
    const node = nodes.find(chain.at(-1) ?? ROOT, name, 0, name.length);
    if (node === NONE) return NONE;
    const target = left.length === 0 ? null : follow(node);
    if (target === null) {
      chain.push(node);
      continue;
    }
    if (target[0] === SLASH) chain.length = 0;
    for (const part of splitNames(target).reverse()) left.push(part);
  }
  return chain.at(-1) ?? ROOT;
}

function joined(names: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(names.flatMap((name) => [Buffer.from('/'), name]));
}

function isParent(name: Uint8Array): boolean {
  return name.length === 2 && name[0] === 0x2e && name[1] === 0x2e;
}
