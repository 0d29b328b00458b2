import type { Changeset } from '../../rootfs/changeset.js';
import { linkTargetOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { FILE_FIELDS, type FileField } from '../document.js';

/** A set of `FileField`s: one bit for each, in the order of `FILE_FIELDS`. */
export type FieldSet = number;

export const NO_FIELDS: FieldSet = 0;

export function fieldSet(...fields: readonly FileField[]): FieldSet {
  return fields.reduce((set, field) => set | (1 << FILE_FIELDS.indexOf(field)), 0);
}

export function fieldsIn(set: FieldSet): FileField[] {
  return FILE_FIELDS.filter((_, bit) => (set & (1 << bit)) !== 0);
}

const TYPE = fieldSet('type');
const CONTENT_AND_SIZE = fieldSet('content', 'size');
const MODE = fieldSet('mode');
const OWNER = fieldSet('owner');
const TARGET = fieldSet('target');
const DEVICE = fieldSet('device');
const XATTRS = fieldSet('xattrs');
const MTIME = fieldSet('mtime');

/** The type of a path and the entry with its attributes. The changeset is null for a directory without an entry. */
export interface Inode {
  readonly kind: number;
  readonly changeset: Changeset | null;
  readonly entry: number;
}

const IMPLICIT_MODE = 0o755;

/**
 * Returns the differing fields of two inodes, except hard links and the contents of files of the same size. A
 * directory without an entry has mode 0755, owner 0:0 and no time to compare.
 */
export function differingFields(a: Inode, b: Inode): FieldSet {
  if (a.changeset !== null && a.changeset === b.changeset && a.entry === b.entry) return NO_FIELDS;
  let set = NO_FIELDS;
  const [layerA, layerB] = [a.changeset, b.changeset];
  const sameType = a.kind === b.kind;
  if (!sameType) set |= TYPE;
  // The kernel reports mode 0777 for every symlink, whatever the archive contains.
  if (a.kind !== Kind.symlink && b.kind !== Kind.symlink) {
    const modeA = layerA === null ? IMPLICIT_MODE : layerA.mode[a.entry];
    const modeB = layerB === null ? IMPLICIT_MODE : layerB.mode[b.entry];
    if (modeA !== modeB) set |= MODE;
  }
  const sameOwner =
    (layerA?.uid[a.entry] ?? 0) === (layerB?.uid[b.entry] ?? 0) &&
    (layerA?.gid[a.entry] ?? 0) === (layerB?.gid[b.entry] ?? 0);
  if (!sameOwner) set |= OWNER;
  if (!sameXattrs(a, b)) set |= XATTRS;
  if (layerA === null || layerB === null) return set;
  const sameTime =
    layerA.mtime[a.entry] === layerB.mtime[b.entry] &&
    (layerA.mtimeNs?.[a.entry] ?? 0) === (layerB.mtimeNs?.[b.entry] ?? 0);
  if (!sameTime) set |= MTIME;
  if (!sameType) return set;
  if (a.kind === Kind.file && layerA.size[a.entry] !== layerB.size[b.entry]) set |= CONTENT_AND_SIZE;
  if (a.kind === Kind.symlink) {
    const [targetA, targetB] = [linkTargetOf(layerA, a.entry), linkTargetOf(layerB, b.entry)];
    if (Buffer.compare(targetA, targetB) !== 0) set |= TARGET;
  }
  if (a.kind === Kind.char || a.kind === Kind.block) {
    const [majorA, minorA] = layerA.devices.get(a.entry) ?? [0, 0];
    const [majorB, minorB] = layerB.devices.get(b.entry) ?? [0, 0];
    if (majorA !== majorB || minorA !== minorB) set |= DEVICE;
  }
  return set;
}

/** Whether two inodes are files of the same size, so that only their contents say whether they are the same. */
export function comparesContents(a: Inode, b: Inode): boolean {
  if (a.kind !== Kind.file || b.kind !== Kind.file || a.changeset === null || b.changeset === null)
    return false;
  if (a.changeset === b.changeset && a.entry === b.entry) return false;
  const size = a.changeset.size[a.entry] ?? 0;
  return size > 0 && size === b.changeset.size[b.entry];
}

function sameXattrs(a: Inode, b: Inode): boolean {
  const xattrsA = a.changeset?.xattrs.get(a.entry);
  const xattrsB = b.changeset?.xattrs.get(b.entry);
  if ((xattrsA?.size ?? 0) !== (xattrsB?.size ?? 0)) return false;
  for (const [name, value] of xattrsA ?? []) {
    const other = xattrsB?.get(name);
    if (other === undefined || Buffer.compare(value, other) !== 0) return false;
  }
  return true;
}
