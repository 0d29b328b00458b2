import { createHash } from '#core/digest/hash.js';
import { linkTargetOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import { inodeOf } from '../files/compare-trees.js';
import { contentKey } from '../files/content-key.js';
import { fileSize, type OneSided } from './one-sided.js';
import { pairByPath } from './pair-by-path.js';
import type { Rename, RenameOptions } from './rename.js';

/**
 * Finds directories that were removed as a whole and added under another path with the same names, attributes and
 * contents. Marks all their descendants as moved. Call `classify` first.
 */
export function moveDirectories(removed: OneSided, added: OneSided, options: RenameOptions): Rename[] {
  const [removedTrees, addedTrees] = [signTrees(removed, options), signTrees(added, options)];
  const signatures = [...removedTrees.keys()].filter((signature) => addedTrees.has(signature));
  const entriesOf = (signature: string): number => removedTrees.get(signature)?.entries ?? 0;
  // Largest first: a directory inside a moved one is no rename of its own.
  signatures.sort((x, y) => entriesOf(y) - entriesOf(x) || (x < y ? -1 : 1));
  const renames: Rename[] = [];
  for (const signature of signatures) {
    const free = (side: OneSided, nodes: readonly number[] = []): number[] =>
      nodes.filter((node) => !side.moved.has(node));
    const from = free(removed, removedTrees.get(signature)?.nodes);
    const to = free(added, addedTrees.get(signature)?.nodes);
    for (const [nodeA, nodeB] of pairByPath(removed.union, from, added.union, to)) {
      renames.push({ nodeA, nodeB, entries: entriesOf(signature) });
      markMoved(removed, nodeA);
      markMoved(added, nodeB);
    }
  }
  return renames;
}

function markMoved({ union, moved }: OneSided, top: number): void {
  const left = [top];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    moved.add(node);
    for (let child = union.nodes.firstChild(node); child !== NONE; child = union.nodes.nextSibling(child)) {
      left.push(child);
    }
  }
}

interface SignedTrees {
  readonly entries: number;
  readonly nodes: number[];
}

interface TreeSignature {
  /** Null where a descendant has no counterpart in the other image. */
  readonly signature: string | null;
  /** The number of descendants. */
  readonly entries: number;
  /** Whether a file below has content. Equal names alone do not show a rename. */
  readonly hasContent: boolean;
}

/** Returns the directories of one image that can be identified by their content, by signature. */
function signTrees(side: OneSided, options: RenameOptions): Map<string, SignedTrees> {
  const { nodes } = side.union;
  const isOneSided = new Uint8Array(nodes.count);
  for (const node of side.nodes) isOneSided[node] = 1;
  const trees = new Map<string, SignedTrees>();
  const signed = new Map<number, TreeSignature>();
  for (const top of side.nodes) {
    if (nodes.kindOf(top) !== Kind.directory || isOneSided[nodes.parentOf(top)] === 1) continue;
    // In reverse order, so that the subdirectories of a directory come before it.
    for (const directory of directoriesUnder(side.union, top).reverse()) {
      const own = signDirectory(side, directory, { isOneSided, signed, options });
      signed.set(directory, own);
      if (own.signature === null || !own.hasContent) continue;
      const key = `${own.signature} ${attributesOf(side.union, directory, options)}`;
      const known = trees.get(key);
      if (known === undefined) trees.set(key, { entries: own.entries, nodes: [directory] });
      else known.nodes.push(directory);
    }
  }
  return trees;
}

interface SigningContext {
  readonly isOneSided: Uint8Array;
  readonly signed: ReadonlyMap<number, TreeSignature>;
  readonly options: RenameOptions;
}

function signDirectory(
  side: OneSided,
  directory: number,
  { isOneSided, signed, options }: SigningContext,
): TreeSignature {
  const { nodes } = side.union;
  const lines: string[] = [];
  let entries = 0;
  let hasContent = false;
  for (let child = nodes.firstChild(directory); child !== NONE; child = nodes.nextSibling(child)) {
    const inner = signed.get(child);
    const isDirectory = nodes.kindOf(child) === Kind.directory;
    const signature = isDirectory ? (inner?.signature ?? null) : signContent(side, child);
    if (signature === null || isOneSided[child] !== 1)
      return { signature: null, entries: 0, hasContent: false };
    entries += 1 + (inner?.entries ?? 0);
    hasContent ||= isDirectory ? (inner?.hasContent ?? false) : fileSize(side.union, child) > 0;
    const name = Buffer.from(nodes.nameOf(child)).toString('hex');
    lines.push(`${name} ${attributesOf(side.union, child, options)} ${signature}\n`);
  }
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(Buffer.from(line, 'latin1'));
  return { signature: hash.digest('hex'), entries, hasContent };
}

/** Returns a directory and all directories below it, parents first. */
function directoriesUnder({ nodes }: Union, top: number): number[] {
  const found = [top];
  for (const directory of found) {
    for (let child = nodes.firstChild(directory); child !== NONE; child = nodes.nextSibling(child)) {
      if (nodes.kindOf(child) === Kind.directory) found.push(child);
    }
  }
  return found;
}

/** Identifies the content of a path that is not a directory; null where the other image has no equal content. */
function signContent(side: OneSided, node: number): string | null {
  const { union } = side;
  const { kind, changeset, entry } = inodeOf(union, node);
  if (changeset === null) return null;
  if (kind === Kind.symlink) return `-> ${Buffer.from(linkTargetOf(changeset, entry)).toString('hex')}`;
  if (kind !== Kind.file) return `device ${changeset.devices.get(entry)?.join(':') ?? ''}`;
  if (fileSize(union, node) === 0) return 'empty';
  return side.classes.get(contentKey(union, node)) ?? null;
}

function attributesOf(union: Union, node: number, { ignore }: RenameOptions): string {
  const { kind, changeset, entry } = inodeOf(union, node);
  if (changeset === null)
    return `${kind} ${ignore.has('mode') ? '' : '755'} ${ignore.has('owner') ? '' : '0:0'}`;
  const mode = kind === Kind.symlink || ignore.has('mode') ? '' : changeset.mode[entry]?.toString(8);
  const owner = ignore.has('owner') ? '' : `${changeset.uid[entry]}:${changeset.gid[entry]}`;
  const attributes = [`${kind} ${mode} ${owner}`];
  if (!ignore.has('mtime')) {
    attributes.push(` ${changeset.mtime[entry]}.${changeset.mtimeNs?.[entry] ?? 0}`);
  }
  if (!ignore.has('xattrs')) {
    const xattrs = [...(changeset.xattrs.get(entry) ?? [])].map(
      ([name, value]) => ` ${Buffer.from(name).toString('hex')}=${Buffer.from(value).toString('hex')}`,
    );
    attributes.push(...xattrs.sort());
  }
  return attributes.join('');
}
