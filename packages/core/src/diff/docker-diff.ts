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
import type { DiffOptions } from './diff.js';
import { compareTrees, inodeOf } from './files/compare-trees.js';
import { decideContents } from './files/decide-contents.js';
import { type FieldSet, fieldSet, type Inode } from './files/file-fields.js';
import { orderedChanges } from './files/ordered-changes.js';
import type { TreeChanges } from './files/tree-changes.js';
import { createPathFilter, type PathFilter } from './paths/path-filter.js';

/** A line of `docker diff`. */
export interface DockerChange {
  /** Added, changed or deleted. */
  readonly kind: 'A' | 'C' | 'D';
  readonly path: string;
  readonly pathBase64?: string;
}

export interface DockerDiff {
  /** By path; made while they are gone through, once. */
  readonly changes: Iterable<DockerChange>;
  readonly findings: readonly Finding[];
}

/**
 * What `docker diff` prints of a container whose parent is A and whose root file system is B, by path. Every path
 * that was added; of what was deleted or took another type only the top; every directory above a change, the root
 * aside. Times of files count, those of directories do not; of the extended attributes only file capabilities do.
 *
 * Docker looks at no bytes, and so misses a file that was changed within its size and time; here it is a change.
 *
 * Throws as `compareImages` does.
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
  return { changes: linesOf(compared, comparison.changes, filter), findings: findingsOf(compared) };
}

function* linesOf(
  compared: ComparedImages,
  changes: TreeChanges,
  filter: PathFilter,
): Generator<DockerChange> {
  const { a, b } = compared;
  // Directories that are in both and have a line below them, until they have theirs.
  const shown = createShown(compared, changes, filter);
  let told: number = NONE;
  for (const change of orderedChanges(a, b, changes, shown.has)) {
    const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
    if (nodeB === NONE) {
      const path = pathFields(nodePath(a, nodeA));
      yield { kind: 'D', ...path };
    } else if (nodeB !== ROOT && nodeB !== told) {
      told = nodeB;
      yield { kind: nodeA === NONE ? 'A' : 'C', ...pathFields(nodePath(b, nodeB)) };
    }
  }
}

interface Shown {
  has(change: number): boolean;
}

/** Which changes have a line; adds a change for every directory that has one only for what is below it. */
function createShown({ a, b }: ComparedImages, changes: TreeChanges, filter: PathFilter): Shown {
  const isShown = new Uint8Array(changes.count);
  const shownB = new Uint8Array(b.nodes.count);
  const parents: number[] = [];
  const wantParents = (node: number): void => {
    for (let at = node; at > ROOT && shownB[at] === 0; at = b.nodes.parentOf(at)) {
      shownB[at] = 1;
      if (filter.all || filter.included(nodePath(b, at).toString('utf8'))) parents.push(at);
    }
  };
  const mark = (change: number, node: number): void => {
    isShown[change] = 1;
    shownB[node] = 1;
  };
  /** What is told as gone, or as no directory any more: what was below it went with it. */
  const lostA = new Uint8Array(a.nodes.count);
  for (let change = 0; change < changes.count; change++) {
    const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
    if (nodeA !== NONE && (nodeB === NONE || b.nodes.kindOf(nodeB) !== Kind.directory)) lostA[nodeA] = 1;
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
      if (isShown[change] === 1) wantParents(b.nodes.parentOf(nodeB));
      continue;
    }
    const parentA = a.nodes.parentOf(changes.nodeA(change));
    if (lostA[parentA] === 1) continue;
    isShown[change] = 1;
    const parent = twinOf(a, parentA, b);
    if (parent !== NONE && b.nodes.kindOf(parent) === Kind.directory) wantParents(parent);
  }
  const first = changes.count;
  for (const node of parents) {
    const nodeA = twinOf(b, node, a);
    if (nodeA !== NONE) changes.add(nodeA, node, 0);
  }
  return { has: (change) => change >= first || isShown[change] === 1 };
}

/** The live node of another tree at the same path, or NONE. */
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
  if ((fields & MTIME) !== 0 && a.kind !== Kind.directory && otherTime(a, b)) return true;
  return (fields & XATTRS) !== 0 && Buffer.compare(capabilityOf(a), capabilityOf(b)) !== 0;
}

/** Times without nanoseconds are equal to any within their second: archives often have lost them. */
function otherTime(a: Inode, b: Inode): boolean {
  if (a.changeset?.mtime[a.entry] !== b.changeset?.mtime[b.entry]) return true;
  const [nanosA, nanosB] = [nanosecondsOf(a.changeset, a.entry), nanosecondsOf(b.changeset, b.entry)];
  return nanosA !== nanosB && nanosA !== 0 && nanosB !== 0;
}

function nanosecondsOf(changeset: Changeset | null, entry: number): number {
  return changeset?.mtimeNanoseconds?.[entry] ?? 0;
}

function capabilityOf({ changeset, entry }: Inode): Uint8Array {
  return changeset?.xattrs.get(entry)?.get('security.capability') ?? new Uint8Array(0);
}
