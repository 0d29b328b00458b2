import { xattrFields } from '../../analysis/list.js';
import { pathFields, textOfBytes } from '../../findings/path-fields.js';
import { linkTargetOf } from '../../rootfs/changeset.js';
import { Kind, type NodeType, nodeTypeOf } from '../../rootfs/kind.js';
import { NONE, ROOT } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';
import type { FileChange, FileField, FileValues } from '../document.js';
import { inodeOf } from './compare-trees.js';
import { differingFields, type FieldSet, fieldSet, fieldsIn } from './file-fields.js';
import type { LinkNames } from './link-names.js';
import type { ReportedChanges } from './reported-changes.js';
import type { TreeChanges } from './tree-changes.js';

/** What `describeChange` needs to describe a change. */
export interface ChangeContext {
  readonly a: Union;
  readonly b: Union;
  readonly changes: TreeChanges;
  readonly reported: ReportedChanges;
  readonly namesA: LinkNames;
  readonly namesB: LinkNames;
  /** The fields that are not ignored. */
  readonly comparedFields: FieldSet;
  /** Whether a change of the type has the mode of the file, which a patch that adds or removes it needs. */
  readonly hasModesOfTypes: boolean;
}

const CONTENT_AND_SIZE = fieldSet('content', 'size');

/** Returns a change as the document contains it. */
export function describeChange(context: ChangeContext, change: number): FileChange {
  const { a, b, changes, reported } = context;
  const nodeA = changes.nodeA(change);
  const nodeB = changes.nodeB(change);
  if (nodeB === NONE) {
    const path = nodePath(a, nodeA);
    return {
      ...pathFields(path),
      change: 'removed',
      type: typeOf(a, nodeA),
      ...sizeField('sizeBytesA', a, nodeA),
      ...ownValues('a', a, nodeA),
      layerA: layerOf(a, nodeA),
      ...removingLayer(a, nodeA, b),
    };
  }
  const path = pathFields(nodePath(b, nodeB));
  const type = typeOf(b, nodeB);
  const sizeB = sizeField('sizeBytesB', b, nodeB);
  const rename = reported.renameAt(nodeB);
  if (rename !== undefined) {
    const fields =
      differingFields(inodeOf(a, rename.nodeA), inodeOf(b, nodeB)) &
      context.comparedFields &
      ~CONTENT_AND_SIZE;
    const from = pathFields(nodePath(a, rename.nodeA));
    return {
      ...path,
      change: 'renamed',
      type,
      from: from.path,
      ...(from.pathBase64 === undefined ? {} : { fromBase64: from.pathBase64 }),
      ...(type === 'directory' ? { entries: rename.entries } : {}),
      ...valuesOf(context, rename.nodeA, nodeB, fields),
      ...sizeField('sizeBytesA', a, rename.nodeA),
      ...sizeB,
      layerA: layerOf(a, rename.nodeA),
      layerB: layerOf(b, nodeB),
    };
  }
  if (nodeA === NONE)
    return {
      ...path,
      change: 'added',
      type,
      ...sizeB,
      ...ownValues('b', b, nodeB),
      layerB: layerOf(b, nodeB),
    };
  return {
    ...path,
    change: 'changed',
    type,
    ...valuesOf(context, nodeA, nodeB, reported.fieldsOf(change)),
    ...sizeField('sizeBytesA', a, nodeA),
    ...sizeB,
    layerA: layerOf(a, nodeA),
    layerB: layerOf(b, nodeB),
  };
}

function typeOf({ nodes }: Union, node: number): NodeType {
  return nodeTypeOf(nodes.kindOf(node)) ?? 'file';
}

function layerOf({ nodes }: Union, node: number): number | null {
  const layer = nodes.placedIn(node);
  return layer === NONE ? null : layer;
}

/** Returns the layer of B that removed a path of A, if B ever had the path. */
function removingLayer(a: Union, nodeA: number, b: Union): { layerB?: number } {
  const names: Uint8Array[] = [];
  for (let at = nodeA; at > ROOT; at = a.nodes.parentOf(at)) names.push(a.nodes.nameOf(at));
  let node = ROOT;
  for (const name of names.reverse()) {
    node = b.nodes.find(node, name, 0, name.length);
    if (node === NONE) return {};
  }
  const layer = b.nodes.placedIn(node);
  return layer === NONE || b.nodes.isLive(node) ? {} : { layerB: layer };
}

function sizeField<Key extends 'sizeBytesA' | 'sizeBytesB'>(
  key: Key,
  union: Union,
  node: number,
): { [K in Key]?: number } {
  const { kind, changeset, entry } = inodeOf(union, node);
  const fields: { [K in Key]?: number } = {};
  if (kind === Kind.file) fields[key] = changeset?.size[entry] ?? 0;
  return fields;
}

function valuesOf(
  context: ChangeContext,
  nodeA: number,
  nodeB: number,
  set: FieldSet,
): { fields: readonly FileField[]; a?: FileValues; b?: FileValues } {
  const fields = fieldsIn(set);
  const needsMode = context.hasModesOfTypes && fields.includes('type');
  const a = {
    ...describeFields(context.a, nodeA, fields, context.namesA),
    ...modeField(needsMode, context.a, nodeA),
  };
  const b = {
    ...describeFields(context.b, nodeB, fields, context.namesB),
    ...modeField(needsMode, context.b, nodeB),
  };
  const none = Object.keys(a).length === 0 && Object.keys(b).length === 0;
  return none ? { fields } : { fields, a, b };
}

function modeField(isNeeded: boolean, union: Union, node: number): Pick<FileValues, 'mode'> {
  return isNeeded && typeOf(union, node) === 'file' ? { mode: modeOf(union, node) } : {};
}

function describeFields(
  union: Union,
  node: number,
  fields: readonly FileField[],
  names: LinkNames,
): FileValues {
  return fields.map((field) => describeField(union, node, field, names)).reduce(merged, {});
}

function merged(values: FileValues, more: FileValues): FileValues {
  return { ...values, ...more };
}

function describeField(union: Union, node: number, field: FileField, names: LinkNames): FileValues {
  const { changeset, entry } = inodeOf(union, node);
  const type = typeOf(union, node);
  if (field === 'type') return { type, ...targetOf(union, node) };
  if (field === 'mode') return { mode: modeOf(union, node) };
  if (field === 'owner') return { uid: changeset?.uid[entry] ?? 0, gid: changeset?.gid[entry] ?? 0 };
  if (field === 'hardlinks') return { hardlinks: names(node) };
  if (changeset === null) return field === 'xattrs' ? { xattrs: {} } : {};
  if (field === 'target') return targetOf(union, node);
  if (field === 'device') {
    const [devmajor, devminor] = changeset.devices.get(entry) ?? [0, 0];
    return { devmajor, devminor };
  }
  if (field === 'xattrs') return { xattrs: xattrFields(changeset.xattrs.get(entry) ?? new Map()) };
  if (field === 'mtime') {
    const mtimeNs = changeset.mtimeNs?.[entry] ?? 0;
    return { mtime: changeset.mtime[entry] ?? 0, ...(mtimeNs === 0 ? {} : { mtimeNs }) };
  }
  return {};
}

/** Returns the target of a symlink; nothing for other types. */
function targetOf(union: Union, node: number): Pick<FileValues, 'linkname' | 'linknameBase64'> {
  const { kind, changeset, entry } = inodeOf(union, node);
  if (kind !== Kind.symlink || changeset === null) return {};
  const { text, base64 } = textOfBytes(linkTargetOf(changeset, entry));
  return { linkname: text, ...(base64 === null ? {} : { linknameBase64: base64 }) };
}

/** Returns the values of a path that only one image has, in addition to its type and size. */
function ownValues<Key extends 'a' | 'b'>(key: Key, union: Union, node: number): { [K in Key]?: FileValues } {
  const { kind } = inodeOf(union, node);
  const fields: { [K in Key]?: FileValues } = {};
  fields[key] = kind === Kind.symlink ? targetOf(union, node) : { mode: modeOf(union, node) };
  return fields;
}

const IMPLICIT_MODE = 0o755;

function modeOf(union: Union, node: number): number {
  const { changeset, entry } = inodeOf(union, node);
  return changeset === null ? IMPLICIT_MODE : (changeset.mode[entry] ?? 0);
}
