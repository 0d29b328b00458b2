import { type Changeset, Kind, linkTargetOf } from '@layers/core/rootfs';
import type { NewEntry } from '@layers/tar';

const TYPES: ReadonlyMap<number, NonNullable<NewEntry['type']>> = new Map([
  [Kind.file, 'file'],
  [Kind.symlink, 'symlink'],
  [Kind.char, 'char'],
  [Kind.block, 'block'],
  [Kind.directory, 'directory'],
  [Kind.fifo, 'fifo'],
]);

/**
 * Returns a tar entry with the attributes of a layer's entry.
 *
 * @param path relative, as in a tar
 */
export function describedEntry(changeset: Changeset, entry: number, path: Uint8Array): NewEntry {
  const kind = changeset.kind[entry] ?? Kind.ignored;
  const device = changeset.devices.get(entry);
  // No spread: composing objects takes longer than encoding the header.
  return {
    path,
    type: TYPES.get(kind) ?? 'file',
    size: changeset.size[entry] ?? 0,
    linkpath: kind === Kind.symlink ? linkTargetOf(changeset, entry) : '',
    mode: changeset.mode[entry] ?? 0,
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mtime: changeset.mtime[entry] ?? 0,
    mtimeNs: changeset.mtimeNs?.[entry] ?? 0,
    xattrs: changeset.xattrs.get(entry) ?? null,
    devmajor: device?.[0] ?? 0,
    devminor: device?.[1] ?? 0,
  };
}

/**
 * Returns a hard link to an entry. It has all attributes of the inode, because Docker sets those of each link again, and
 * the capabilities of a file are lost when its owner is set.
 */
export function linkedEntry(
  changeset: Changeset,
  entry: number,
  path: Uint8Array,
  linkpath: Uint8Array,
): NewEntry {
  return {
    path,
    type: 'link',
    size: 0,
    linkpath,
    mode: changeset.mode[entry] ?? 0,
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mtime: changeset.mtime[entry] ?? 0,
    mtimeNs: changeset.mtimeNs?.[entry] ?? 0,
    xattrs: changeset.xattrs.get(entry) ?? null,
    devmajor: 0,
    devminor: 0,
  };
}
