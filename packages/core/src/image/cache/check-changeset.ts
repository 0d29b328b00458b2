import { type Changeset, storedSizeOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { Damage } from './column-file.js';

const LARGEST_KIND = Kind.opaque;
const NANOSECONDS = 1_000_000_000;

/** Checks all numbers of a changeset that are used as positions, and that no chain of directories is endless. Throws Damage. */
export function checkChangeset(changeset: Changeset, tarBytes: number): void {
  checkDirectories(changeset);
  checkEntries(changeset, tarBytes);
  checkLinks(changeset);
}

function checkDirectories({ dirParent, dirNameStart, dirNameLength, names }: Changeset): void {
  if (dirParent.length === 0 || dirParent[0] !== 0) throw new Damage();
  checkNames(dirNameStart, dirNameLength, names);
  for (let i = 1; i < dirParent.length; i++) {
    const parent = dirParent[i] ?? -1;
    // A directory gets its number after its parent.
    if (parent < 0 || parent >= i) throw new Damage();
  }
}

function checkEntries(changeset: Changeset, tarBytes: number): void {
  const { count, kind, parent, size, uid, gid, mtime, mtimeNs, headerOffset, headerBytes } = changeset;
  const directories = changeset.dirParent.length;
  checkNames(changeset.nameStart, changeset.nameLength, changeset.names);
  for (let i = 0; i < count; i++) {
    const directory = parent[i] ?? -1;
    if ((kind[i] ?? 0) > LARGEST_KIND || directory < 0 || directory >= directories) throw new Damage();
    const offset = headerOffset[i] ?? -1;
    const bytes = size[i] ?? -1;
    if (!isSize(offset) || !isSize(bytes) || !isSize(uid[i] ?? -1) || !isSize(gid[i] ?? -1))
      throw new Damage();
    if (!Number.isFinite(mtime[i])) throw new Damage();
    const end = offset + (headerBytes[i] ?? 0);
    const stored = kind[i] === Kind.file ? storedSizeOf(changeset, i) : 0;
    if (end + stored > tarBytes) throw new Damage();
  }
  if (mtimeNs?.some((value) => value >= NANOSECONDS)) throw new Damage();
}

function checkLinks({ count, linkEntry, linkStart, linkLength, names }: Changeset): void {
  checkNames(linkStart, linkLength, names);
  let last = -1;
  for (const entry of linkEntry) {
    // A target is found by binary search.
    if (entry <= last || entry >= count) throw new Damage();
    last = entry;
  }
}

function checkNames(starts: Uint32Array, lengths: Uint16Array, names: Uint8Array): void {
  for (let i = 0; i < starts.length; i++) {
    if ((starts[i] ?? 0) + (lengths[i] ?? 0) > names.length) throw new Damage();
  }
}

function isSize(value: number): boolean {
  return value >= 0 && Number.isSafeInteger(value);
}
