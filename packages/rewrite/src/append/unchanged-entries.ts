import { createHash } from 'node:crypto';
import { type Changeset, Kind, linkTargetOf, NONE, ROOT, type Union } from '@layers/core/rootfs';
import type { ContentBatches } from './content-batches.js';
import { imageContents } from './image-contents.js';
import type { LayerStack } from './layer-stack.js';
import { isInImage, NodeStatus } from './node-status.js';

/**
 * Sets the status of added nodes to unchanged if the image has the same, ignoring times. Compares contents by SHA-256;
 * each compressed layer is decompressed once. Throws what reading the image and the additions throws.
 *
 * @returns how many nodes are unchanged
 */
export async function clearUnchanged(stack: LayerStack, statuses: Uint8Array): Promise<number> {
  const { before, after } = stack;
  const candidates: number[] = [];
  let same = 0;
  const setUnchanged = (node: number): void => {
    statuses[node] = NodeStatus.unchanged;
    same++;
  };
  for (let node = ROOT + 1; node < statuses.length; node++) {
    if (statuses[node] !== NodeStatus.changed || !isInImage(stack, node)) continue;
    const result = compareNodes(stack, node);
    if (result === 'same') setUnchanged(node);
    else if (result === 'contents') candidates.push(node);
  }
  if (candidates.length === 0) return same;
  const digests = await digestContents(stack, candidates);
  for (const node of candidates) {
    const old = digests.get(contentKey(before, node));
    if (old !== undefined && old === digests.get(contentKey(after, node))) setUnchanged(node);
  }
  return same;
}

function compareNodes(stack: LayerStack, node: number): 'same' | 'different' | 'contents' {
  const { before, after, sources } = stack;
  const kind = after.nodes.kindOf(node);
  if (before.nodes.kindOf(node) !== kind) return 'different';
  const [layerA, entryA] = [before.nodes.layerOf(node), before.nodes.entryOf(node)];
  const [layerB, entryB] = [after.nodes.layerOf(node), after.nodes.entryOf(node)];
  if (layerA === layerB && entryA === entryB) return 'same';
  // A directory without an entry changes nothing.
  if (layerB === NONE) return 'same';
  const a = before.layers[layerA];
  const b = after.layers[layerB];
  if (b === undefined) return 'different';
  const source = sources[layerB - before.layers.length];
  const hasXattrs = source === undefined || source === null || source.hasXattrs;
  if (!sameAttributes(a, entryA, b, entryB, kind, hasXattrs)) return 'different';
  if (kind !== Kind.file) return 'same';
  const size = b.size[entryB] ?? 0;
  if (size !== (a?.size[entryA] ?? 0)) return 'different';
  return size === 0 ? 'same' : 'contents';
}

function sameAttributes(
  a: Changeset | undefined,
  entryA: number,
  b: Changeset,
  entryB: number,
  kind: number,
  hasXattrs: boolean,
): boolean {
  // Linux has no modes for symlinks.
  const sameMode = kind === Kind.symlink || (a?.mode[entryA] ?? 0o755) === b.mode[entryB];
  const sameOwner = (a?.uid[entryA] ?? 0) === b.uid[entryB] && (a?.gid[entryA] ?? 0) === b.gid[entryB];
  if (!sameMode || !sameOwner) return false;
  const [old, added] = [a?.xattrs.get(entryA), b.xattrs.get(entryB)];
  // A file on disk may lack xattrs only because its owner cannot set them.
  if (hasXattrs ? !sameXattrs(old, added) : !includesXattrs(old, added)) return false;
  if (a === undefined) return true;
  if (kind === Kind.symlink && !Buffer.from(linkTargetOf(a, entryA)).equals(linkTargetOf(b, entryB)))
    return false;
  return String(a.devices.get(entryA)) === String(b.devices.get(entryB));
}

type Xattrs = ReadonlyMap<string, Uint8Array> | undefined;

function sameXattrs(a: Xattrs, b: Xattrs): boolean {
  return (a?.size ?? 0) === (b?.size ?? 0) && includesXattrs(a, b);
}

/** Returns whether `a` has all xattrs of `b`. */
function includesXattrs(a: Xattrs, b: Xattrs): boolean {
  return [...(b ?? [])].every(([name, value]) => {
    const other = a?.get(name);
    return other !== undefined && Buffer.from(value).equals(other);
  });
}

function contentKey({ nodes }: Union, node: number): string {
  return `${nodes.layerOf(node)} ${nodes.entryOf(node)}`;
}

/** Returns the SHA-256 of the old and new contents of nodes, by layer and entry. */
async function digestContents(
  stack: LayerStack,
  candidates: readonly number[],
): Promise<ReadonlyMap<string, string>> {
  const { base, before, after, sources } = stack;
  const selected = after.layers.map((): Set<number> => new Set());
  for (const node of candidates) {
    selected[before.nodes.layerOf(node)]?.add(before.nodes.entryOf(node));
    selected[after.nodes.layerOf(node)]?.add(after.nodes.entryOf(node));
  }
  const digests = new Map<string, string>();
  for (const [layer, entries] of selected.entries()) {
    if (entries.size === 0) continue;
    const source = sources[layer - before.layers.length];
    if (source)
      await digestBatches(
        source.contents((entry) => entries.has(entry)),
        layer,
        digests,
      );
    else if (base !== null) {
      const ascending = [...entries].sort((a, b) => a - b);
      await digestBatches(imageContents(base.image, layer, ascending), layer, digests);
    }
  }
  return digests;
}

async function digestBatches(
  batches: ContentBatches,
  layer: number,
  digests: Map<string, string>,
): Promise<void> {
  let entry = NONE;
  let hash = createHash('sha256');
  const finish = (): void => {
    if (entry !== NONE) digests.set(`${layer} ${entry}`, hash.digest('base64'));
  };
  for await (const batch of batches) {
    for (const event of batch) {
      if ('bytes' in event) hash.update(event.bytes);
      else {
        finish();
        entry = event.start;
        hash = createHash('sha256');
      }
    }
  }
  finish();
}
