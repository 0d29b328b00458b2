import type { FindingList } from '../findings/finding-list.js';
import { pathFields } from '../findings/path-fields.js';
import { type Changeset, joinReversed, offsetField, pathOf } from './changeset.js';
import { Kind } from './kind.js';
import type { NodeState } from './node-state.js';
import { NONE, type NodeTable, ROOT } from './node-table.js';

/** A layer that was applied to a union, and the union. */
export interface AppliedLayer {
  /** The position of the layer. */
  readonly layer: number;
  readonly changeset: Changeset;
  readonly layers: readonly Changeset[];
  readonly nodes: NodeTable;
  readonly state: NodeState;
  /** The node of each directory of the changeset, or NONE where nothing uses it. */
  readonly directoryNodes: Int32Array;
  /** Directories of the changeset in which the layer changes nothing. */
  readonly unusedDirectories: ReadonlySet<number>;
  nodeOf(entry: number): number;
}

/** Finds whiteouts and opaque markers that loaders cannot apply, or apply to another path. */
export function findMarkersWithoutDirectory(applied: AppliedLayer, findings: FindingList): void {
  const { changeset, nodes } = applied;
  const { kind: kinds, count } = changeset;
  // Most markers are in the directory of the one before.
  let known = NONE;
  let hidden = ROOT;
  let live = ROOT;
  for (let entry = 0; entry < count; entry++) {
    const isOpaque = kinds[entry] === Kind.opaque;
    if (!isOpaque && kinds[entry] !== Kind.whiteout) continue;
    const node = applied.nodeOf(entry);
    const directory = isOpaque ? node : nodes.parentOf(node);
    if (directory !== known) {
      known = directory;
      hidden = nearestHidden(applied, directory);
      live = nearestLive(applied, directory);
    }
    if (hidden <= ROOT && (live <= ROOT || nodes.isLiveDirectory(live))) continue;
    const place = () => ({
      ...pathFields(pathOf(changeset, entry)),
      ...offsetField(changeset, entry),
    });
    const nested = isOpaque ? null : nestedIn(applied, entry, hidden);
    if (nested !== null) findings.add('whiteout-below-whiteout', nested, place);
    const below = belowFile(applied, entry, live);
    if (below !== null) findings.add('whiteout-below-file', below, place);
  }
}

/** Returns the directory, or the nearest one above it, that a whiteout of the layer names; the root where there is none. */
function nearestHidden({ layer, state, nodes }: AppliedLayer, directory: number): number {
  let above = directory;
  while (above > ROOT && state.hiddenIn.values[above] !== layer + 1) above = nodes.parentOf(above);
  return above;
}

/** Returns the directory, or the nearest path above it, that exists; the root where there is none. */
function nearestLive({ nodes }: AppliedLayer, directory: number): number {
  let above = directory;
  while (above > ROOT && !nodes.isLive(above)) above = nodes.parentOf(above);
  return above;
}

/** Loaders cannot apply whiteouts of a path and of a directory above it. */
function nestedIn({ state }: AppliedLayer, entry: number, above: number): string | null {
  if (above <= ROOT) return null;
  return (state.hiddenBy.values[above] ?? 0) < entry
    ? 'the layer deletes this path and, before it, its parent; Docker and containerd refuse the layer'
    : 'the layer deletes this path and, after it, its parent; Docker, containerd and podman refuse the layer';
}

/** Loaders make a directory for a whiteout. They replace a file of a lower layer, and fail at one of the same layer. */
function belowFile({ layer, nodes }: AppliedLayer, entry: number, above: number): string | null {
  if (above <= ROOT || nodes.isLiveDirectory(above)) return null;
  if (nodes.placedIn(above) !== layer)
    return 'a parent of this whiteout is a file or symlink of a lower layer; Docker, containerd and podman replace it by a directory';
  const isEarlier = nodes.layerOf(above) !== layer || nodes.entryOf(above) < entry;
  return isEarlier
    ? 'a parent of this whiteout is a file or symlink of the same layer; Docker and podman refuse the layer'
    : null;
}

const DEFAULT_MODE = 0o755;

/**
 * Finds directories in which the layer changes something without an entry for the directory itself. Docker and podman
 * give such a directory default attributes; other loaders keep those of the lower layers.
 */
export function findParentsWithoutEntry(applied: AppliedLayer, findings: FindingList): void {
  const { layer, layers, nodes, directoryNodes, unusedDirectories } = applied;
  const { live, kind, placedIn } = nodes.arrays();
  for (let directory = 1; directory < directoryNodes.length; directory++) {
    const node = directoryNodes[directory] ?? NONE;
    if (node <= ROOT || placedIn[node] === layer || live[node] !== 1 || kind[node] !== Kind.directory)
      continue;
    if (unusedDirectories.has(directory)) continue;
    const below = layers[nodes.layerOf(node)];
    const entry = nodes.entryOf(node);
    if (below === undefined || hasDefaultAttributes(below, entry)) continue;
    findings.add(
      'parent-without-entry',
      'the layer has no entry for this directory; Docker and podman give it the mode 755 and the owner root, without xattrs',
      () => pathFields(pathOfNode(nodes, node)),
    );
  }
}

function hasDefaultAttributes({ mode, uid, gid, xattrs }: Changeset, entry: number): boolean {
  return mode[entry] === DEFAULT_MODE && uid[entry] === 0 && gid[entry] === 0 && !xattrs.has(entry);
}

function pathOfNode(nodes: NodeTable, node: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let current = node; current > ROOT; current = nodes.parentOf(current))
    parts.push(nodes.nameOf(current));
  return joinReversed(parts);
}
