import type { Finding } from '../findings/finding.js';
import { pathFields } from '../findings/path-fields.js';
import { createContentComparer } from '../image/contents/compare-contents.js';
import type { ReadImage } from '../image/read-image.js';
import type { Changeset } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { NONE, ROOT } from '../rootfs/node-table.js';
import { nodePath } from '../rootfs/rootfs.js';
import type { ComparedImages } from './compared-images.js';
import { findingsOf, uniteBoth } from './compared-images.js';
import { trustsDeclaredDigests } from './declared-digests.js';
import type { DiffOptions } from './diff.js';
import { compareTrees, inodeOf } from './files/compare-trees.js';
import { decideContents } from './files/decide-contents.js';
import { type FieldSet, fieldSet, type Inode } from './files/file-fields.js';
import { orderedChanges } from './files/ordered-changes.js';
import type { TreeChanges } from './files/tree-changes.js';
import { createPathFilter } from './paths/path-filter.js';
import type { PathFilter } from './paths/selected-paths.js';

/** One line of `docker diff`. */
export interface DockerChange {
  /** `A` added, `C` changed, `D` deleted, as `docker diff` prints them. */
  readonly kind: 'A' | 'C' | 'D';
  readonly path: string;
  readonly pathBase64?: string;
}

export interface DockerDiff {
  /** In order of paths. Generated during iteration, once. */
  readonly changes: Iterable<DockerChange>;
  readonly findings: readonly Finding[];
  /** Whether layers count as the same by digests that the images declare, and that were not computed. */
  readonly byDeclaredDigests: boolean;
}

/**
 * Returns what `docker diff` prints for a container whose parent is A and whose root file system is B. Lists every
 * added path, only the top of a deleted tree or of one whose type changed, and every directory above a change, except
 * the root. File times count and directory times do not; of extended attributes only file capabilities count.
 *
 * Docker compares no contents, and so misses a file that changed with the same size and time. This function lists it.
 *
 * @throws LayersError as `compareImages`
 */
export async function dockerDiff(
  imageA: ReadImage,
  imageB: ReadImage,
  options: Pick<DiffOptions, 'include' | 'exclude' | 'signal' | 'onProgress'> = {},
): Promise<DockerDiff> {
  const compared = uniteBoth(imageA, imageB);
  const filter = createPathFilter(options);
  const comparison = compareTrees(compared.a, compared.b, filter, compared.sharedNodes);
  const comparer = createContentComparer(compared.imageA, compared.imageB);
  try {
    await decideContents(comparison, compared, comparer, options);
  } finally {
    comparer.close();
  }
  return {
    changes: linesOf(compared, comparison.changes, filter),
    findings: findingsOf(compared),
    byDeclaredDigests: trustsDeclaredDigests(compared),
  };
}

function* linesOf(
  compared: ComparedImages,
  changes: TreeChanges,
  filter: PathFilter,
): Generator<DockerChange> {
  const { a, b } = compared;
  const shown = createShown(compared, changes, filter);
  let lastNodeB: number = NONE;
  for (const change of orderedChanges(a, b, changes, shown.has)) {
    const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
    if (nodeB === NONE) {
      const path = pathFields(nodePath(a, nodeA));
      yield { kind: 'D', ...path };
    } else if (nodeB !== ROOT && nodeB !== lastNodeB) {
      lastNodeB = nodeB;
      yield { kind: nodeA === NONE ? 'A' : 'C', ...pathFields(nodePath(b, nodeB)) };
    }
  }
}

interface Shown {
  has(change: number): boolean;
}

/** Decides which changes have a line. Adds a change for each directory that is listed only for a change below it. */
function createShown({ a, b }: ComparedImages, changes: TreeChanges, filter: PathFilter): Shown {
  const isShown = new Uint8Array(changes.count);
  const shownB = new Uint8Array(b.nodes.count);
  const parents: number[] = [];
  const addParents = (node: number): void => {
    for (let at = node; at > ROOT && shownB[at] === 0; at = b.nodes.parentOf(at)) {
      shownB[at] = 1;
      if (filter.all || filter.included(Buffer.from(nodePath(b, at)).toString('utf8'))) parents.push(at);
    }
  };
  const mark = (change: number, node: number): void => {
    isShown[change] = 1;
    shownB[node] = 1;
  };
  /** Paths that were removed or are no longer directories: their descendants have no lines of their own. */
  const removedA = new Uint8Array(a.nodes.count);
  for (let change = 0; change < changes.count; change++) {
    const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
    if (nodeA !== NONE && (nodeB === NONE || b.nodes.kindOf(nodeB) !== Kind.directory)) removedA[nodeA] = 1;
    if (
      nodeB !== NONE &&
      (nodeA === NONE || counts(inodeOf(a, nodeA), inodeOf(b, nodeB), changes.fields(change)))
    ) {
      mark(change, nodeB);
    }
  }
  for (let change = 0; change < changes.count; change++) {
    const nodeB = changes.nodeB(change);
    if (nodeB !== NONE) {
      if (isShown[change] === 1) addParents(b.nodes.parentOf(nodeB));
      continue;
    }
    const parentA = a.nodes.parentOf(changes.nodeA(change));
    if (removedA[parentA] === 1) continue;
    isShown[change] = 1;
    const parent = twinOf(a, parentA, b);
    if (parent !== NONE && b.nodes.kindOf(parent) === Kind.directory) addParents(parent);
  }
  const first = changes.count;
  for (const node of parents) {
    const nodeA = twinOf(b, node, a);
    if (nodeA !== NONE) changes.add(nodeA, node, 0);
  }
  return { has: (change) => change >= first || isShown[change] === 1 };
}

/** Returns the live node of the other tree at the same path, or NONE. */
function twinOf(from: ComparedImages['a'], node: number, to: ComparedImages['a']): number {
  const names: Uint8Array[] = [];
  for (let at = node; at > ROOT; at = from.nodes.parentOf(at)) names.push(from.nodes.nameOf(at));
  let twin = ROOT;
  for (const name of names.reverse()) {
    twin = to.nodes.find(twin, name, 0, name.length);
    if (twin === NONE || !to.nodes.isLive(twin)) return NONE;
  }
  return twin;
}

const ALWAYS: FieldSet = fieldSet('type', 'content', 'size', 'mode', 'owner', 'target', 'device');
const MTIME = fieldSet('mtime');
const XATTRS = fieldSet('xattrs');

function counts(a: Inode, b: Inode, fields: FieldSet): boolean {
  if ((fields & ALWAYS) !== 0) return true;
  if ((fields & MTIME) !== 0 && a.kind !== Kind.directory && timesDiffer(a, b)) return true;
  return (fields & XATTRS) !== 0 && Buffer.compare(capabilityOf(a), capabilityOf(b)) !== 0;
}

/** A time without nanoseconds equals any time within its second: many archives store whole seconds. */
function timesDiffer(a: Inode, b: Inode): boolean {
  if (a.changeset?.mtime[a.entry] !== b.changeset?.mtime[b.entry]) return true;
  const [nanosA, nanosB] = [nanosecondsOf(a.changeset, a.entry), nanosecondsOf(b.changeset, b.entry)];
  return nanosA !== nanosB && nanosA !== 0 && nanosB !== 0;
}

function nanosecondsOf(changeset: Changeset | null, entry: number): number {
  return changeset?.mtimeNs?.[entry] ?? 0;
}

function capabilityOf({ changeset, entry }: Inode): Uint8Array {
  return changeset?.xattrs.get(entry)?.get('security.capability') ?? new Uint8Array(0);
}
