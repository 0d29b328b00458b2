import type { DiffDocument, FileChange } from '@layers/core/diff';
import { type NaiveInode, naiveUnion } from './naive-union.ts';
import type { EntrySpec } from './tar-builder.ts';

/**
 * A naive model of the comparison of two trees: two maps from path to inode, compared path by path. Paths are latin1
 * text, one character for each byte.
 */
export type NaiveDiff = Map<string, string>;

/** Returns `added`, `removed` or the differing fields, in a fixed order, for each differing path. */
export function naiveDiff(
  a: readonly (readonly EntrySpec[])[],
  b: readonly (readonly EntrySpec[])[],
): NaiveDiff {
  const [treeA, treeB] = [naiveUnion(a).tree, naiveUnion(b).tree];
  const differences: NaiveDiff = new Map();
  for (const path of new Set([...treeA.keys(), ...treeB.keys()])) {
    const [inA, inB] = [treeA.get(path), treeB.get(path)];
    if (inA === undefined) differences.set(path, 'added');
    else if (inB === undefined) differences.set(path, 'removed');
    else {
      const fields = fieldsOf(inA, bytesOf(a, inA), inB, bytesOf(b, inB));
      if (!sameNames(treeA, inA, treeB, inB)) fields.push('hardlinks');
      if (fields.length > 0) differences.set(path, fields.sort().join(' '));
    }
  }
  return differences;
}

function fieldsOf(a: NaiveInode, bytesA: string, b: NaiveInode, bytesB: string): string[] {
  const fields: string[] = [];
  if (a.type !== b.type) fields.push('type');
  if (a.type !== 'symlink' && b.type !== 'symlink' && a.mode !== b.mode) fields.push('mode');
  if (a.uid !== b.uid || a.gid !== b.gid) fields.push('owner');
  if (a.xattrs !== b.xattrs) fields.push('xattrs');
  const areTold = a.from !== null && b.from !== null;
  if (areTold && (a.mtime !== b.mtime || a.mtimeNs !== b.mtimeNs)) fields.push('mtime');
  if (a.type !== b.type) return fields;
  if (a.size !== b.size) fields.push('size');
  if (bytesA !== bytesB) fields.push('content');
  if (a.linkTarget !== b.linkTarget) fields.push('target');
  if (a.device !== b.device) fields.push('device');
  return fields;
}

function bytesOf(layers: readonly (readonly EntrySpec[])[], inode: NaiveInode): string {
  if (inode.type !== 'file' || inode.from === null) return '';
  const spec = layers[inode.from.layer]?.[inode.from.entry];
  const data = Buffer.from(spec?.data ?? []);
  if (spec?.sparse === undefined) return data.toString('latin1');
  const whole = Buffer.alloc(spec.sparse.realSize);
  let at = 0;
  for (const [offset, length] of spec.sparse.extents) {
    data.copy(whole, offset, at, at + length);
    at += length;
  }
  return whole.toString('latin1');
}

type Tree = ReadonlyMap<string, NaiveInode>;

function sameNames(treeA: Tree, inA: NaiveInode, treeB: Tree, inB: NaiveInode): boolean {
  const names = (tree: Tree, inode: NaiveInode): string =>
    [...tree]
      .flatMap(([path, other]) => (other === inode ? [path] : []))
      .sort()
      .join('\n');
  return names(treeA, inA) === names(treeB, inB);
}

/** Converts the files of a document to the same form. A rename becomes a removed and an added path. */
export function plainly(document: DiffDocument, a: readonly (readonly EntrySpec[])[]): NaiveDiff {
  const differences: NaiveDiff = new Map();
  const treeA = naiveUnion(a).tree;
  for (const change of document.files ?? []) {
    const path = pathOf(change.path, change.pathBase64);
    if (change.change === 'added' || change.change === 'removed') differences.set(path, change.change);
    else if (change.change === 'changed') differences.set(path, [...(change.fields ?? [])].sort().join(' '));
    else {
      const from = pathOf(change.from ?? '', change.fromBase64);
      for (const below of treeA.keys()) {
        if (below !== from && !(change.type === 'directory' && below.startsWith(`${from}/`))) continue;
        differences.set(below, 'removed');
        differences.set(path + below.slice(from.length), 'added');
      }
    }
  }
  return differences;
}

function pathOf(path: string, base64: string | undefined): string {
  const text = Buffer.from(base64 ?? Buffer.from(path).toString('base64'), 'base64').toString('latin1');
  return text === '/' ? '' : text;
}

/** Returns the change from B to A. */
export function mirrored(change: FileChange): FileChange {
  const {
    sizeBytesA: sizeA,
    sizeBytesB: sizeB,
    a,
    b,
    layerA: _,
    layerB: __,
    linkedTo: ___,
    from,
    fromBase64,
    pathBase64,
    ...rest
  } = change;
  const turned =
    from === undefined
      ? { ...rest, ...(pathBase64 === undefined ? {} : { pathBase64 }) }
      : {
          ...rest,
          path: from,
          from: change.path,
          ...(fromBase64 === undefined ? {} : { pathBase64: fromBase64 }),
          ...(pathBase64 === undefined ? {} : { fromBase64: pathBase64 }),
        };
  const change_ = { added: 'removed', removed: 'added', changed: 'changed', renamed: 'renamed' } as const;
  return {
    ...turned,
    change: change_[change.change],
    ...(change.change === 'changed' ? { type: a?.type ?? change.type } : {}),
    ...(sizeB === undefined ? {} : { sizeBytesA: sizeB }),
    ...(sizeA === undefined ? {} : { sizeBytesB: sizeA }),
    ...(b === undefined ? {} : { a: b }),
    ...(a === undefined ? {} : { b: a }),
  };
}
