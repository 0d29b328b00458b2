import { createHash } from 'node:crypto';
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
 * Directories that are gone whole and appeared elsewhere with the same names, attributes and contents; marks what is
 * in them as moved. Contents must have been classified.
 */
export function moveDirectories(gone: OneSided, come: OneSided, options: RenameOptions): Rename[] {
  const [treesGone, treesCome] = [signTrees(gone, options), signTrees(come, options)];
  const signatures = [...treesGone.keys()].filter((signature) => treesCome.has(signature));
  const entriesOf = (signature: string): number => treesGone.get(signature)?.entries ?? 0;
  // Largest first: what is in a directory that moved has moved with it.
  signatures.sort((x, y) => entriesOf(y) - entriesOf(x) || (x < y ? -1 : 1));
  const renames: Rename[] = [];
  for (const signature of signatures) {
    const free = (side: OneSided, nodes: readonly number[] = []): number[] =>
      nodes.filter((node) => !side.moved.has(node));
    const from = free(gone, treesGone.get(signature)?.nodes);
    const to = free(come, treesCome.get(signature)?.nodes);
    for (const [nodeA, nodeB] of pairByPath(gone.union, from, come.union, to)) {
      renames.push({ nodeA, nodeB, entries: entriesOf(signature) });
      takeTree(gone, nodeA);
      takeTree(come, nodeB);
    }
  }
  return renames;
}

function takeTree({ union, moved }: OneSided, top: number): void {
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

/** What is below a directory, in one number; null where a part of it is like nothing on the other side. */
interface Signed {
  readonly signature: string | null;
  readonly entries: number;
  /** Whether it holds bytes: names alone are no sign that something moved. */
  readonly tells: boolean;
}

/** The directories of one side that are told by what they hold, by that. */
function signTrees(side: OneSided, options: RenameOptions): Map<string, SignedTrees> {
  const { nodes } = side.union;
  const isOneSided = new Uint8Array(nodes.count);
  for (const node of side.nodes) isOneSided[node] = 1;
  const trees = new Map<string, SignedTrees>();
  const signed = new Map<number, Signed>();
  for (const top of side.nodes) {
    if (nodes.kindOf(top) !== Kind.directory || isOneSided[nodes.parentOf(top)] === 1) continue;
    // Backwards, so that what is below a directory is signed before it.
    for (const directory of directoriesUnder(side.union, top).reverse()) {
      const own = signDirectory(side, directory, { isOneSided, signed, options });
      signed.set(directory, own);
      if (own.signature === null || !own.tells) continue;
      const key = `${own.signature} ${attributesOf(side.union, directory, options)}`;
      const known = trees.get(key);
      if (known === undefined) trees.set(key, { entries: own.entries, nodes: [directory] });
      else known.nodes.push(directory);
    }
  }
  return trees;
}

interface Signing {
  readonly isOneSided: Uint8Array;
  readonly signed: ReadonlyMap<number, Signed>;
  readonly options: RenameOptions;
}

function signDirectory(side: OneSided, directory: number, { isOneSided, signed, options }: Signing): Signed {
  const { nodes } = side.union;
  const lines: string[] = [];
  let entries = 0;
  let tells = false;
  for (let child = nodes.firstChild(directory); child !== NONE; child = nodes.nextSibling(child)) {
    const inner = signed.get(child);
    const isDirectory = nodes.kindOf(child) === Kind.directory;
    const signature = isDirectory ? (inner?.signature ?? null) : signContent(side, child);
    if (signature === null || isOneSided[child] !== 1) return { signature: null, entries: 0, tells: false };
    entries += 1 + (inner?.entries ?? 0);
    tells ||= isDirectory ? (inner?.tells ?? false) : fileSize(side.union, child) > 0;
    const name = Buffer.from(nodes.nameOf(child)).toString('hex');
    lines.push(`${name} ${attributesOf(side.union, child, options)} ${signature}\n`);
  }
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(line, 'latin1');
  return { signature: hash.digest('hex'), entries, tells };
}

/** A directory and all below it, each before what is in it. */
function directoriesUnder({ nodes }: Union, top: number): number[] {
  const found = [top];
  for (const directory of found) {
    for (let child = nodes.firstChild(directory); child !== NONE; child = nodes.nextSibling(child)) {
      if (nodes.kindOf(child) === Kind.directory) found.push(child);
    }
  }
  return found;
}

/** What tells the content of a path that is no directory, or null where nothing is like it on the other side. */
function signContent(side: OneSided, node: number): string | null {
  const { union } = side;
  const { kind, changeset, entry } = inodeOf(union, node);
  if (changeset === null) return null;
  if (kind === Kind.symlink) return `-> ${Buffer.from(linkTargetOf(changeset, entry)).toString('hex')}`;
  if (kind !== Kind.file) return `device ${changeset.devices.get(entry)?.join(':') ?? ''}`;
  if (fileSize(union, node) === 0) return 'nothing';
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
    attributes.push(` ${changeset.mtime[entry]}.${changeset.mtimeNanoseconds?.[entry] ?? 0}`);
  }
  if (!ignore.has('xattrs')) {
    const xattrs = [...(changeset.xattrs.get(entry) ?? [])].map(
      ([name, value]) => ` ${Buffer.from(name).toString('hex')}=${Buffer.from(value).toString('hex')}`,
    );
    attributes.push(...xattrs.sort());
  }
  return attributes.join('');
}
