import { Kind, NONE, nodePath, pathOf, ROOT, type Union } from '@layers/core/rootfs';
import type { CandidateFile, PackageReader } from '../languages/language-package.js';

/** A file of some layer that may declare packages of a language. */
export interface ManifestFile {
  readonly path: Uint8Array;
  readonly layer: number;
  readonly entry: number;
  readonly size: number;
  readonly reader: PackageReader;
  /** Its node; NONE where it is not in the final root file system. */
  readonly node: number;
  /** The layer that removed it; null where it is in the final root file system. */
  readonly removedFrom: number | null;
}

/** Larger files are never read: a compressed layer needs a copy of them on disk. */
const MAX_BYTES = 4 * 2 ** 30;

/**
 * Finds the files that may declare packages, in the final root file system and among what later layers removed. Of the
 * paths of a content with several, only the first counts.
 */
export function* manifestFiles(
  union: Union,
  readers: readonly PackageReader[],
): Generator<ManifestFile, void, undefined> {
  yield* visibleFiles(union, readers);
  yield* hiddenFiles(union, readers);
}

function* visibleFiles(union: Union, readers: readonly PackageReader[]): Generator<ManifestFile> {
  const { nodes } = union;
  const paths = new DirectoryPaths(union);
  const linked = new Map<string, ManifestFile>();
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node) || nodes.kindOf(node) !== Kind.file) continue;
    const [layer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
    const path = paths.pathOf(node);
    const size = union.layers[layer]?.size[entry] ?? 0;
    const reader = readerOf(readers, { path, size, mode: modeOf(union, layer, entry) });
    if (reader === null) continue;
    const file = { path: nodePath(union, node), layer, entry, size, reader, node, removedFrom: null };
    if ((union.names[layer]?.[entry] ?? 0) < 2) {
      yield file;
      continue;
    }
    const key = `${layer} ${entry}`;
    const known = linked.get(key);
    if (known === undefined || Buffer.compare(file.path, known.path) < 0) linked.set(key, file);
  }
  yield* linked.values();
}

function* hiddenFiles(union: Union, readers: readonly PackageReader[]): Generator<ManifestFile> {
  for (let i = 0; i < union.waste.count; i++) {
    const { layer, entry, unreachableFrom } = union.waste.at(i);
    const changeset = union.layers[layer];
    // What the same layer replaced was never in a file system.
    if (changeset === undefined || unreachableFrom === layer) continue;
    const path = pathOf(changeset, entry);
    const size = changeset.size[entry] ?? 0;
    const text = Buffer.from(path).toString('utf8');
    const reader = readerOf(readers, { path: text, size, mode: modeOf(union, layer, entry) });
    if (reader !== null) yield { path, layer, entry, size, reader, node: NONE, removedFrom: unreachableFrom };
  }
}

/** Returns the reader that wants a file; null where none does. */
export function readerOf(readers: readonly PackageReader[], file: CandidateFile): PackageReader | null {
  if (file.size === 0 || file.size > MAX_BYTES) return null;
  return readers.find((reader) => reader.wants(file)) ?? null;
}

function modeOf({ layers }: Union, layer: number, entry: number): number {
  return (layers[layer]?.mode[entry] ?? 0) & 0o7777;
}

/** The paths of nodes as text. Keeps that of the last directory, since its files follow one another. */
class DirectoryPaths {
  readonly #union: Union;
  #directory = NONE;
  #path = '';

  constructor(union: Union) {
    this.#union = union;
  }

  pathOf(node: number): string {
    const { nodes } = this.#union;
    const directory = nodes.parentOf(node);
    if (directory !== this.#directory) {
      this.#directory = directory;
      const path = Buffer.from(nodePath(this.#union, directory)).toString('utf8');
      this.#path = path === '/' ? '' : path;
    }
    return `${this.#path}/${Buffer.from(nodes.nameOf(node)).toString('utf8')}`;
  }
}
