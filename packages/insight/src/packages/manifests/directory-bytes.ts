import { childNamed, Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import type { TrackedLanguagePackage } from './manifest-packages.js';

const MODULES = Buffer.from('node_modules');

/**
 * Returns the bytes of the files below the directory of each package that has one to itself: an npm package without the
 * packages in it, and a gem. Reads nothing.
 */
export function directoryBytes(
  union: Union,
  packages: readonly TrackedLanguagePackage[],
): Map<TrackedLanguagePackage, number> {
  const roots = new Map<number, TrackedLanguagePackage>();
  for (const each of packages) {
    const root = rootOf(union, each);
    if (root !== NONE && !roots.has(root)) roots.set(root, each);
  }
  if (roots.size === 0) return new Map();
  return sumFiles(union, roots);
}

/** Returns the directory of a package in the final root file system, or NONE. */
function rootOf(union: Union, { found, file }: TrackedLanguagePackage): number {
  const { nodes } = union;
  if (file.node === NONE) return NONE;
  const directory = nodes.parentOf(file.node);
  if (found.ecosystem === 'npm') return directory;
  if (found.ecosystem !== 'gem') return NONE;
  // specifications/NAME.gemspec belongs to gems/NAME; default gems are in specifications/default.
  const name = Buffer.from(nodes.nameOf(file.node))
    .toString('utf8')
    .replace(/\.gemspec$/, '');
  const gems = childNamed(union, nodes.parentOf(directory), Buffer.from('gems'));
  return gems === NONE ? NONE : childNamed(union, gems, Buffer.from(name));
}

const UNKNOWN = -2;

function sumFiles(
  { nodes, layers }: Union,
  roots: ReadonlyMap<number, TrackedLanguagePackage>,
): Map<TrackedLanguagePackage, number> {
  const rootOfDirectory = new Int32Array(nodes.count).fill(UNKNOWN);
  const chain: number[] = [];
  /** Returns the nearest directory of a package; NONE where there is none, and for the packages in a package. */
  const nearest = (directory: number): number => {
    let at = directory;
    while (at > ROOT && rootOfDirectory[at] === UNKNOWN && !roots.has(at) && !isModules(at)) {
      chain.push(at);
      at = nodes.parentOf(at);
    }
    const found = roots.has(at) ? at : at <= ROOT || isModules(at) ? NONE : (rootOfDirectory[at] ?? NONE);
    for (const each of chain.splice(0)) rootOfDirectory[each] = found;
    return found;
  };
  const isModules = (node: number): boolean => MODULES.equals(nodes.nameOf(node));
  const sums = new Map([...roots.values()].map((each) => [each, 0]));
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node) || nodes.kindOf(node) !== Kind.file) continue;
    const owner = roots.get(nearest(nodes.parentOf(node)));
    if (owner === undefined) continue;
    const bytes = layers[nodes.layerOf(node)]?.size[nodes.entryOf(node)] ?? 0;
    sums.set(owner, (sums.get(owner) ?? 0) + bytes);
  }
  return sums;
}
